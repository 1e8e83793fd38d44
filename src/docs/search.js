const box = document.getElementById("search");
const results = document.getElementById("results");
function score(entry, words) {
  let sum = 0;
  for (const word of words) {
    const name = entry.name.toLowerCase();
    if (name === word) sum += 10;
    else if (name.startsWith(word)) sum += 6;
    else if (name.includes(word)) sum += 4;
    else if (entry.docs.toLowerCase().includes(word)) sum += 2;
    else if (entry.words.toLowerCase().includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}
function show(entry) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = entry.href;
  link.textContent = entry.name;
  const about = document.createElement("small");
  about.textContent = `${entry.kind}: ${entry.docs}`;
  link.append(about);
  item.append(link);
  return item;
}
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked = words.length ? index.map((e) => [score(e, words), e]).filter(([s]) => s > 0) : [];
  ranked.sort((a, b) => b[0] - a[0] || a[1].name.localeCompare(b[1].name));
  results.replaceChildren(...ranked.slice(0, 12).map(([, e]) => show(e)));
  results.hidden = ranked.length === 0;
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter") results.querySelector("a")?.click();
});
