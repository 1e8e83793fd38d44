// The client of `jibe lsp`, and the panel that shows what an application renders.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, Location, Position, ServerOptions, TransportKind } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

const SCHEME = "jibe-preview";

/** Shows rendered objects as read-only YAML beside the application. */
class Preview implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  static uriOf(source: vscode.Uri): vscode.Uri {
    return vscode.Uri.parse(`${SCHEME}:rendered.yaml?${encodeURIComponent(source.toString())}`);
  }

  refresh(source: vscode.Uri): void {
    this.changed.fire(Preview.uriOf(source));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    if (!client) {
      return "# the language server is not running\n";
    }
    const source = decodeURIComponent(uri.query);
    const answer = await client.sendRequest<{ text: string }>("jibe/preview", { textDocument: { uri: source } });
    return answer.text;
  }
}

function start(): LanguageClient {
  const settings = vscode.workspace.getConfiguration("jibe");
  const command = settings.get<string>("path", "jibe");
  const version = settings.get<string>("kubeVersion", "");
  const args = ["lsp", ...(version ? ["--kube-version", version] : [])];
  const server: ServerOptions = { command, args, transport: TransportKind.stdio };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "jibe" }, { language: "yaml" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.jibe,*.yaml,*.yml,jibe.toml}") },
  };
  return new LanguageClient("jibe", "Jibe", server, options);
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const preview = new Preview();
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, preview),
    vscode.workspace.onDidChangeTextDocument((event) => preview.refresh(event.document.uri)),
    // A code lens names the file as text, a menu as a URI.
    vscode.commands.registerCommand("jibe.preview", async (uri?: vscode.Uri | string) => {
      const source = typeof uri === "string" ? vscode.Uri.parse(uri) : (uri ?? vscode.window.activeTextEditor?.document.uri);
      if (source) {
        const document = await vscode.workspace.openTextDocument(Preview.uriOf(source));
        await vscode.languages.setTextDocumentLanguage(document, "yaml");
        await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true });
      }
    }),
    vscode.commands.registerCommand("jibe.showReferences", async (uri: string, position: Position, locations: Location[]) => {
      const place = (p: Position) => new vscode.Position(p.line, p.character);
      const found = locations.map((l) => new vscode.Location(vscode.Uri.parse(l.uri), new vscode.Range(place(l.range.start), place(l.range.end))));
      await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), place(position), found);
    }),
    vscode.commands.registerCommand("jibe.restart", async () => client?.restart()),
  );
  client = start();
  await client.start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
