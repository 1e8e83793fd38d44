//! `--watch`: does it again when something that it reads has changed, and only what has changed where that can be told. Files are compared by content, so saving without a change does nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::{Common, Exit, Fault, report, write_stdout};
use crate::driver::Settings;
use crate::source::{DiskWorld, MAX_MANIFEST_BYTES, Sources, World};

/// How often files are looked at, at most.
const PAUSE: Duration = Duration::from_millis(150);
/// Looking takes at most this part of the time.
const SHARE: u32 = 10;
/// Editors write in several steps: nothing must have changed for so long.
const SETTLED: Duration = Duration::from_millis(40);

/// What a command reads.
pub struct Watched<'a> {
    /// Its paths.
    pub paths: &'a [PathBuf],
    /// Other files and folders that bear on all of them.
    pub shared: Vec<PathBuf>,
    /// A manifest among the paths can be looked at without the others.
    pub alone: bool,
}

/// What is known of a file: its time and size, and its content.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    stamp: Option<(SystemTime, u64)>,
    content: u64,
}

type State = BTreeMap<PathBuf, Seen>;

/// Runs a command again and again; ends with the process (Ctrl-C). It is given the paths to look at.
///
/// # Errors
/// Standard input among the paths. What goes wrong in a run is said, and the next one waited for.
pub fn repeat(watched: &Watched<'_>, common: &Common, mut run: impl FnMut(&[PathBuf]) -> Result<Exit, Fault>) -> Result<Exit, Fault> {
    if watched.paths.iter().any(|p| p.as_os_str() == "-") {
        return Err(Fault::new("standard input cannot be watched").help("name files or folders"));
    }
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    let mut scope: Option<Vec<PathBuf>> = None;
    loop {
        let shared = shared(watched, common);
        let mut state = scan(watched, &shared, &State::new());
        clear();
        let paths = scope.as_deref().unwrap_or(watched.paths);
        report::count_errors(true);
        if let Err(fault) = run(paths) {
            report::fault(&fault, common);
        }
        let found = report::count_errors(false);
        match &scope {
            None => errors.clear(),
            Some(some) => errors.retain(|file, _| !some.iter().any(|p| same(Path::new(file), p))),
        }
        errors.extend(found);
        status(&errors, scope.as_ref().map_or(state.len(), Vec::len), scope.is_some(), common);
        let changed = wait(watched, &shared, &mut state);
        scope = narrowed(watched, &shared, &changed);
    }
}

/// An empty screen, on a terminal only.
fn clear() {
    if std::io::stdout().is_terminal() {
        write_stdout(b"\x1b[2J\x1b[H");
    }
}

fn status(errors: &BTreeMap<String, usize>, files: usize, some: bool, common: &Common) {
    if common.quiet {
        return;
    }
    let total: usize = errors.values().sum();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let looked = if some { format!("{} looked at again", plural(files, "file")) } else { format!("{} watched", plural(files, "file")) };
    report::remark(&format!("[{looked}, {} in all; waiting for changes]", plural(total, "error")));
}

/// Settings, definitions and kinds: what bears on all files.
fn shared(watched: &Watched<'_>, common: &Common) -> Vec<PathBuf> {
    let start = watched.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let (settings, _) = Settings::find(start, &DiskWorld, &Sources::new());
    let mut all = watched.shared.clone();
    all.extend(Settings::locate(start, &DiskWorld));
    all.extend(common.definitions.iter().cloned());
    all.extend(settings.definitions);
    // `crds/*.yaml`: the folder.
    all.extend(settings.crds.into_iter().map(|p| if p.to_string_lossy().contains('*') { p.parent().map(Path::to_owned).unwrap_or_default() } else { p }));
    all.extend(settings.dependencies.into_iter().map(|(_, p)| p));
    all
}

/// Waits until something has changed and nothing changes any more; gives the files.
fn wait(watched: &Watched<'_>, shared: &[PathBuf], state: &mut State) -> BTreeSet<PathBuf> {
    let mut changed = BTreeSet::new();
    let mut pause = PAUSE;
    loop {
        std::thread::sleep(if changed.is_empty() { pause } else { SETTLED });
        let begun = Instant::now();
        let now = scan(watched, shared, state);
        pause = PAUSE.max(begun.elapsed() * SHARE);
        let before = changed.len();
        let different = |(p, s): &(&PathBuf, &Seen)| state.get(*p).is_none_or(|old| old.content != s.content);
        let fresh: Vec<PathBuf> = now.iter().filter(different).map(|(p, _)| p.clone()).chain(state.keys().filter(|p| !now.contains_key(*p)).cloned()).collect();
        let calm = fresh.is_empty();
        changed.extend(fresh);
        *state = now;
        if calm && before > 0 {
            return changed;
        }
    }
}

/// All files that are watched. Those whose time and size are as before are not read again.
fn scan(watched: &Watched<'_>, shared: &[PathBuf], before: &State) -> State {
    let mut now = State::new();
    for path in watched.paths.iter().chain(shared) {
        let files = if DiskWorld.is_folder(path) { DiskWorld.walk(path, &["jibe", "yaml", "yml", "json", "toml"]).unwrap_or_default() } else { vec![path.clone()] };
        for file in files {
            let Ok(meta) = std::fs::metadata(&file) else { continue };
            let stamp = meta.modified().ok().map(|m| (m, meta.len()));
            // A file that was written a moment ago may be written again within the clock's grain.
            let recent = stamp.is_some_and(|(m, _)| m.elapsed().is_ok_and(|age| age < Duration::from_secs(2)));
            let known = before.get(&file).filter(|s| s.stamp == stamp && stamp.is_some() && !recent);
            let seen = known.copied().unwrap_or_else(|| Seen { stamp, content: content(&file) });
            now.insert(file, seen);
        }
    }
    now
}

fn content(file: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    DiskWorld.read(file, MAX_MANIFEST_BYTES).ok().hash(&mut hasher);
    hasher.finish()
}

/// The files to look at again; `None` for all.
fn narrowed(watched: &Watched<'_>, shared: &[PathBuf], changed: &BTreeSet<PathBuf>) -> Option<Vec<PathBuf>> {
    let manifest = |p: &Path| p.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
    let alone = |p: &PathBuf| {
        let bears_on_all = shared.iter().any(|s| same(s, p) || p.starts_with(s)) || speaks_to_others(p);
        manifest(p) && DiskWorld.is_file(p) && !bears_on_all
    };
    (watched.alone && changed.iter().all(alone)).then(|| changed.iter().cloned().collect())
}

/// Whether other files may be different because of this one: kinds, policies and workflows that are documents of their own.
fn speaks_to_others(file: &Path) -> bool {
    let text = DiskWorld.read(file, MAX_MANIFEST_BYTES).unwrap_or_default();
    [&b"CustomResourceDefinition"[..], b"kind: Policy", b"kind: Workflow"].iter().any(|word| memchr::memmem::find(&text, word).is_some())
}

fn same(a: &Path, b: &Path) -> bool {
    let plain = |p: &Path| p.strip_prefix("./").map(Path::to_owned).unwrap_or_else(|_| p.to_owned());
    plain(a) == plain(b)
}
