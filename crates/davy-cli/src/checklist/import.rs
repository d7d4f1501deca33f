//! `davy checklist import`: a form in XLSForm as a checklist.

use anyhow::{Context, Result, bail};
use davy_checklists::xlsform::{MAX_FILE, Options, import};
use davy_checklists::yaml::to_text;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What to take.
#[derive(clap::Args)]
pub struct Arguments {
    /// The form: .xlsx, .xlsm or .xls.
    #[arg(value_name = "FORM")]
    form: PathBuf,
    /// Where to write the checklist; without it it is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Id of the checklist, instead of the form's.
    #[arg(long)]
    id: Option<String>,
    /// Version, instead of the form's.
    #[arg(long)]
    version: Option<String>,
    /// Slug of the industry, instead of the form's.
    #[arg(long, value_name = "SLUG")]
    industry: Option<String>,
    /// Folder of the pictures that the form names.
    #[arg(long, value_name = "DIR")]
    media: Option<PathBuf>,
}

/// Imports; remarks and faults go to the terminal, the checklist to its file.
pub fn run(arguments: &Arguments) -> Result<()> {
    let bytes = bounded(&arguments.form)?;
    let options = Options {
        id: arguments.id.clone(),
        version: arguments.version.clone(),
        industry: arguments.industry.clone(),
        name: arguments.form.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        media: arguments.media.as_deref().map(pictures).transpose()?.unwrap_or_default(),
    };
    let chinese = speaks_chinese(|name| std::env::var(name).ok());
    let imported = match import(&bytes, &options) {
        Ok(imported) => imported,
        Err(faults) => {
            for fault in &faults {
                if chinese { eprintln!("{}：{}；{}", fault.at, fault.reason.zh, fault.instead.zh) } else { eprintln!("{fault}") }
            }
            bail!("{} faults in {}; nothing was written", faults.len(), arguments.form.display());
        }
    };
    for remark in &imported.remarks {
        if chinese { eprintln!("备注 {}：{}", remark.at, remark.text.zh) } else { eprintln!("remark: {remark}") }
    }
    let text = to_text(&imported.checklist)?;
    match &arguments.out {
        Some(file) => std::fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))?,
        None => print!("{text}"),
    }
    let (sections, items) = (imported.checklist.sections.len(), imported.checklist.items().count());
    eprintln!("{sections} sections with {items} items, {} remarks", imported.remarks.len());
    Ok(())
}

/// Whether the terminal's language is Chinese: the first of the usual variables that is set decides.
fn speaks_chinese(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    set.is_some_and(|value| value.starts_with("zh"))
}

/// A file, but no more of it than a form may have.
fn bounded(file: &Path) -> Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", file.display());
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file).with_context(cannot)?.take(most).read_to_end(&mut bytes).with_context(cannot)?;
    Ok(bytes)
}

/// The files of a folder by name.
fn pictures(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut pictures = BTreeMap::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_file()
            && let Some(name) = path.file_name()
        {
            pictures.insert(name.to_string_lossy().into_owned(), bounded(&path)?);
        }
    }
    Ok(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides_the_language() {
        let of = |set: &'static [(&str, &str)]| {
            speaks_chinese(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(of(&[("LANG", "zh_CN.UTF-8")]));
        assert!(of(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]));
        assert!(!of(&[("LC_ALL", "C.UTF-8"), ("LANG", "zh_CN.UTF-8")]));
        assert!(!of(&[]));
    }
}
