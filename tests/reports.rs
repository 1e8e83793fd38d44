//! What tools read: SARIF, GitHub annotations, JUnit, and what a hook names. `tests/reports/run` holds SARIF against its schema; here is its shape.

use std::path::{Path, PathBuf};
use std::process::Output;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

pub fn tests() -> Vec<Trial> {
    crate::trials!("reports": sarif_has_what_code_scanning_needs, fingerprints_survive_moved_lines, github_commands_are_single_lines, junit_is_one_tree, a_change_checks_what_uses_it)
}

const APPLICATION: &str = "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: { name: shop }\nspec:\n  components:\n    - name: web\n      type: webservice\n      properties: { image: nginx, prots: [] }\n    - name: db\n      type: webservice\n      properties: { image: nginx, prots: [] }\n      traits:\n        - { type: scaler, properties: { replicas: many } }\n";

/// A folder of its own.
fn scratch(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn jibe(folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
    Ok(std::process::Command::new(env!("CARGO_BIN_EXE_jibe")).current_dir(folder).args(arguments).output()?)
}

fn report(folder: &Path, format: &str, paths: &[&str]) -> Result<String, Failed> {
    let mut arguments = vec!["check", "--message-format", format];
    arguments.extend(paths);
    Ok(String::from_utf8(jibe(folder, &arguments)?.stdout)?)
}

fn results(text: &str) -> Result<Vec<Value>, Failed> {
    let log: Value = serde_json::from_str(text)?;
    Ok(log["runs"][0]["results"].as_array().cloned().ok_or("no results")?)
}

fn sarif_has_what_code_scanning_needs() -> Result<(), Failed> {
    let folder = scratch("sarif")?;
    std::fs::write(folder.join("größe 1%.yaml"), APPLICATION)?;
    let text = report(&folder, "sarif", &["größe 1%.yaml"])?;
    let log: Value = serde_json::from_str(&text)?;
    assert_eq!(log["version"], "2.1.0");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().cloned().unwrap_or_default();
    let results = results(&text)?;
    assert_eq!(results.len(), 3, "{text}");
    for r in &results {
        assert_eq!(rules[r["ruleIndex"].as_u64().unwrap_or(99) as usize]["id"], r["ruleId"]);
        let place = &r["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "gr%C3%B6%C3%9Fe%201%25.yaml");
        assert!(place["region"]["startLine"].as_u64() >= Some(8) && place["region"]["endColumn"].as_u64() > Some(1), "{r}");
    }
    assert!(results[0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().is_some_and(|u| u.starts_with("std:")), "{}", results[0]);
    let replacement = &results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "ports");
    assert_eq!(replacement["deletedRegion"]["startLine"], 8);
    Ok(())
}

fn fingerprints_survive_moved_lines() -> Result<(), Failed> {
    let folder = scratch("fingerprints")?;
    let of = |text: &str| -> Result<Vec<String>, Failed> {
        std::fs::write(folder.join("app.yaml"), text)?;
        let found = results(&report(&folder, "sarif", &["app.yaml"])?)?;
        Ok(found.iter().map(|r| r["partialFingerprints"]["jibe/v1"].as_str().unwrap_or("").to_owned()).collect())
    };
    let before = of(APPLICATION)?;
    let moved = of(&format!("# A comment\n\n{}", APPLICATION.replace("spec:\n", "# and one more\nspec:\n")))?;
    assert_eq!(before, moved);
    let mut distinct = before.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), before.len(), "two equal mistakes have one fingerprint: {before:?}");
    assert_ne!(before, of(&APPLICATION.replace("prots", "potrs"))?);
    Ok(())
}

fn github_commands_are_single_lines() -> Result<(), Failed> {
    let folder = scratch("github")?;
    std::fs::write(folder.join("a,b.yaml"), APPLICATION)?;
    let text = report(&folder, "github", &["a,b.yaml"])?;
    assert_eq!(text.lines().count(), 3, "{text}");
    for line in text.lines() {
        assert!(line.starts_with("::error file=a%2Cb.yaml,line="), "{line}");
        assert!(line.contains(",title=J0"), "{line}");
    }
    Ok(())
}

fn junit_is_one_tree() -> Result<(), Failed> {
    let folder = scratch("junit")?;
    std::fs::write(folder.join("a<b>&\".yaml"), APPLICATION)?;
    let text = report(&folder, "junit", &["a<b>&\".yaml"])?;
    // Tags match, and nothing else looks like one.
    let mut open: Vec<String> = Vec::new();
    for tag in text.split('<').skip(2) {
        let (tag, rest) = tag.split_once('>').ok_or("a tag does not end")?;
        assert!(!rest.contains('&') || rest.contains("&quot;") || rest.contains("&amp;") || rest.contains("&#10;") || rest.contains("&lt;"), "{rest}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "{text}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or("").to_owned());
        }
    }
    assert!(open.is_empty(), "{text}");
    assert!(text.contains("name=\"a&lt;b&gt;&amp;&quot;.yaml\"") && text.matches("<failure ").count() == 3, "{text}");
    Ok(())
}

fn a_change_checks_what_uses_it() -> Result<(), Failed> {
    let folder = scratch("changed")?;
    std::fs::create_dir_all(folder.join("definitions"))?;
    std::fs::write(folder.join("jibe.toml"), "name = \"acme\"\ndefinitions = [\"definitions\"]\n")?;
    std::fs::write(folder.join("ci.yaml"), "jobs: []\n")?;
    std::fs::write(folder.join("definitions/names.jibe"), "/// A team.\ntype Team = String(1..=9)\n")?;
    let definition = |name: &str, import: &str, ty: &str| {
        format!(
            "import std.pods {{ PodTemplate }}\n{import}\n/// Labels.\ntrait {name} for PodTemplate {{\n  /// Whose.\n  parameters {{\n    /// Whose it is.\n    team: {ty}\n  }}\n  patch {{ metadata: {{ annotations: {{ team: parameters.team }} }} }}\n}}\n"
        )
    };
    std::fs::write(folder.join("definitions/one.jibe"), definition("one", "import acme.names { Team }\n", "Team"))?;
    std::fs::write(folder.join("definitions/two.jibe"), definition("two", "", "String"))?;
    for name in ["one", "two"] {
        let traits = format!("traits: [{{ type: {name}, properties: {{ team: platforms }} }}]");
        std::fs::write(
            folder.join(format!("{name}.yaml")),
            format!(
                "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {{ name: {name} }}\nspec:\n  components:\n    - {{ name: web, type: webservice, properties: {{ image: nginx }}, {traits} }}\n"
            ),
        )?;
    }
    let changed = |paths: &[&str]| -> Result<String, Failed> {
        let mut arguments = vec!["check", "--changed", "--message-format", "short", "-q"];
        arguments.extend(paths);
        Ok(String::from_utf8(jibe(&folder, &arguments)?.stdout)?)
    };
    assert_eq!(changed(&["ci.yaml", "one.yaml", "definitions/names.jibe"])?, "", "nothing is wrong");
    // What the type allows shrinks: only the application behind the definition behind it is hit.
    std::fs::write(folder.join("definitions/names.jibe"), "/// A team.\ntype Team = String(1..=4)\n")?;
    let found = changed(&["definitions/names.jibe"])?;
    assert!(found.lines().count() == 1 && found.starts_with("one.yaml:6:"), "{found}");
    assert_eq!(changed(&["definitions/two.jibe", "two.yaml"])?, "", "what did not change is not looked at");
    assert_eq!(changed(&["jibe.toml"])?.lines().count(), 1);
    assert_eq!(changed(&["ci.yaml"])?, "");
    Ok(())
}
