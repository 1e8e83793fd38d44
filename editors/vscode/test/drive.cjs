// What `run` does in the browser. Each step ends in a screenshot; the first that does not come about ends the run with 1.
const { chromium } = require("playwright-core");
const [, , url, shots] = process.argv;

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  page.setDefaultTimeout(90_000);
  let step = 0;
  const done = async (what) => {
    step += 1;
    await page.screenshot({ path: `${shots}/${step}.png` });
    console.log(`ok: ${what} (${step}.png)`);
  };
  const editor = () => page.locator(".editor-instance .monaco-editor").first();
  const text = async () => (await editor().locator(".view-lines").innerText()).replace(/\u00a0/g, " ");
  const until = async (what, condition) => {
    const end = Date.now() + 90_000;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`${what} did not come about`);
      await page.waitForTimeout(200);
    }
    await done(what);
  };
  const command = async (name) => {
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").waitFor();
    await page.keyboard.type(name);
    await page.waitForTimeout(800);
    await page.keyboard.press("Enter");
  };
  const row = (name) => page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first();
  const open = async (file, place) => {
    await row(file).dblclick();
    await page.locator(".tabs-container .tab.active", { hasText: file }).waitFor();
    await page.waitForTimeout(500);
    await page.keyboard.press("Control+G");
    await page.locator(".quick-input-widget input").waitFor();
    await page.keyboard.type(place);
    await page.keyboard.press("Enter");
    await page.waitForTimeout(500);
  };

  try {
    for (let tries = 0; ; tries += 1) {
      try {
        await page.goto(url);
        break;
      } catch (error) {
        if (tries > 60) throw error;
        await page.waitForTimeout(1000);
      }
    }
    await page.locator(".monaco-workbench .explorer-folders-view").waitFor();
    await open("app.yaml", "9:11");
    await until("the application is open", async () => (await text()).includes("image: nginx:1.27"));
    await until("lenses offer the preview", async () => (await page.locator(".codelens-decoration").count()) > 0);

    await page.keyboard.type("x");
    await page.locator(".squiggly-error").first().waitFor();
    await page.waitForTimeout(500);
    await done("a mistake that is typed is underlined");

    await page.keyboard.press("Control+Period");
    await page.locator(".action-widget .monaco-list-row, .context-view .action-item").first().waitFor();
    await page.waitForTimeout(500);
    await done("a quick fix is offered");
    await page.keyboard.press("Enter");
    await until("the quick fix is taken", async () => (await text()).includes("        image: nginx:1.27") && (await page.locator(".squiggly-error").count()) === 0);

    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("po");
    await page.keyboard.press("Control+Space");
    await page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "ports" }).first().waitFor();
    await page.waitForTimeout(800);
    await done("a property is offered");
    await page.keyboard.press("Enter");
    await until("the property is completed", async () => /\n\s+ports:/.test(await text()));
    await page.keyboard.press("Escape");
    for (let tries = 0; tries < 12 && (await text()).includes("po"); tries += 1) await page.keyboard.press("Control+Z");

    await command("Jibe: Preview Rendered Objects");
    await until("the preview shows the rendered objects", async () => (await page.locator(".editor-instance .view-lines").allInnerTexts()).join("\n").includes("Deployment"));

    await row("definitions").click();
    await open("sized.jibe", "8:7");
    await until("the definition is coloured", async () => (await page.locator(".view-line span[class*=mtk]").count()) > 20 && (await page.locator(".editor-instance .view-lines").allInnerTexts()).join("").includes("trait"));
  } catch (error) {
    await page.screenshot({ path: `${shots}/failed.png` });
    console.log(`!! ${error.message} (failed.png)`);
    process.exitCode = 1;
  }
  await browser.close();
}

main();
