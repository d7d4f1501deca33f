//! The TypeScript of everything the field app's screens exchange: written by `cargo xtask gen`, checked for drift.

use crate::registry;
use std::path::Path;
use ts_rs::Config;

/// Writes `core.ts`, `app.ts` and `commands.ts` into a folder.
///
/// # Errors
/// A file cannot be written.
pub fn export(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::new().with_out_dir(folder).with_large_int("number");
    registry::export_types(&config)?;
    std::fs::write(folder.join("commands.ts"), commands(&config))?;
    Ok(())
}

fn commands(config: &Config) -> String {
    let signatures = registry::signatures(config);
    let mut names = [Vec::new(), Vec::new()];
    for text in signatures.iter().flat_map(|signature| [&signature.request, &signature.response]) {
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with(char::is_uppercase) && *word != "Array") {
            let core = ["FindingView", "InspectionChange", "InspectionView", "PersonName"].contains(&word);
            let list = &mut names[usize::from(core)];
            if !list.contains(&word) {
                list.push(word);
            }
        }
    }
    let mut text = String::from("// Generated from the command registry. Do not edit.\n\n");
    for (file, list) in ["app", "core"].iter().zip(&mut names) {
        list.sort_unstable();
        text.push_str(&format!("import type {{ {} }} from \"./{file}\";\n", list.join(", ")));
    }
    text.push_str("\nexport type Commands = {\n");
    for signature in &signatures {
        text.push_str(&format!("  {}: {{ request: {}; response: {} }};\n", signature.name, signature.request, signature.response));
    }
    text.push_str("};\n");
    text
}
