const box = document.getElementById("search");
const results = document.getElementById("results");
const small = matchMedia("(max-width: 860px)");
if (small.matches) document.getElementById("contents").open = false;

// How well an entry answers all words, and the parameter that did.
function judge(entry, words) {
  let sum = entry.old ? -2 : 0;
  let parameter = "";
  const name = entry.name.toLowerCase();
  const docs = entry.docs.toLowerCase();
  for (const word of words) {
    const found = entry.words.find((w) => w.toLowerCase().includes(word));
    if (name === word) sum += 12;
    else if (name.startsWith(word)) sum += 8;
    else if (name.includes(word)) sum += 6;
    else if (entry.kind === word) sum += 3;
    else if (docs.includes(word)) sum += 4;
    else if (found) { sum += 2; parameter = found; }
    else return null;
  }
  if (["component", "trait", "policy", "step", "rule"].includes(entry.kind)) sum += 5;
  return { entry, sum, parameter };
}

// Text with the words marked.
function marked(text, words, into) {
  const lower = text.toLowerCase();
  let at = 0;
  while (at < text.length) {
    const hits = words.map((w) => [lower.indexOf(w, at), w.length]).filter(([i]) => i >= 0);
    if (!hits.length) break;
    const [from, length] = hits.reduce((a, b) => (b[0] < a[0] || (b[0] === a[0] && b[1] > a[1]) ? b : a));
    into.append(text.slice(at, from));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, from + length);
    into.append(mark);
    at = from + length;
  }
  into.append(text.slice(at));
}

function element(name, className, text) {
  const e = document.createElement(name);
  if (className) e.className = className;
  if (text) e.textContent = text;
  return e;
}

function show({ entry, parameter }, words) {
  const item = element("li");
  const link = element("a");
  link.href = entry.href + (parameter ? `.${parameter}` : "");
  const head = element("span", "hit");
  marked(entry.name, words, head);
  link.append(head, element("span", `badge ${entry.kind}`, entry.kind));
  const about = element("small");
  if (parameter) {
    const code = element("code");
    marked(parameter, words, code);
    about.append(code, " · ");
  }
  marked(entry.docs.replaceAll("`", ""), words, about);
  link.append(about);
  item.append(link);
  return item;
}

let chosen = 0;
function choose(n) {
  const links = [...results.querySelectorAll("a")];
  if (!links.length) return;
  chosen = (n + links.length) % links.length;
  links.forEach((l, i) => l.classList.toggle("chosen", i === chosen));
  links[chosen].scrollIntoView({ block: "nearest" });
}

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length ? index.map((e) => judge(e, words)).filter(Boolean) : [];
  found.sort((a, b) => b.sum - a.sum || a.entry.name.length - b.entry.name.length || a.entry.name.localeCompare(b.entry.name));
  results.replaceChildren(...found.slice(0, 20).map((f) => show(f, words)));
  if (words.length && !found.length) results.append(element("li", "nothing", "Nothing is called or described so."));
  results.hidden = words.length === 0;
  choose(0);
}

box.addEventListener("input", search);
box.addEventListener("focus", search);
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter") results.querySelector("a.chosen")?.click();
  else if (event.key === "Escape") { box.value = ""; box.blur(); results.hidden = true; }
  else return;
  event.preventDefault();
});
results.addEventListener("click", () => { results.hidden = true; });
document.addEventListener("click", (event) => {
  if (!event.target.closest(".find")) results.hidden = true;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== box && !event.ctrlKey && !event.metaKey) {
    box.focus();
    event.preventDefault();
  }
});

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* for this page only */ }
});

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", () => {
    const text = `${button.nextElementSibling.textContent}\n`;
    const done = () => { button.textContent = "Copied"; setTimeout(() => { button.textContent = "Copy"; }, 1500); };
    navigator.clipboard?.writeText(text).then(done, () => {});
  });
}
