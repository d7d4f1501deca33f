//! A folder of packs: `<industry>/checklist.yaml`, `standards/*.yaml`, `clauses/<industry>.yaml`, `ids.txt`.

use davy_core::checklist::{Checklist, ChecklistError, Clause, Library, Standard, load_clauses, load_standards, load_yaml};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One pack with the text that it was read from.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Name of its folder.
    pub folder: String,
    /// Its file as faults name it.
    pub file: String,
    /// The file's text, for the lines of faults.
    pub text: String,
    /// What it says.
    pub checklist: Checklist,
}

/// The clause library of one industry.
#[derive(Debug, Clone)]
pub struct ClauseFile {
    /// Industry slug, the file's name.
    pub industry: String,
    /// The file as faults name it.
    pub file: String,
    /// Its clauses.
    pub clauses: Vec<Clause>,
}

/// What a folder of packs holds.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Packs in the order of their folders' names.
    pub packs: Vec<Pack>,
    /// Standards with the file that lists each.
    pub standards: Vec<(String, Standard)>,
    /// Clause libraries in the order of their names.
    pub clauses: Vec<ClauseFile>,
    /// Every id that was ever released, as `ids` writes them.
    pub released: BTreeSet<String>,
    /// Where the record of released ids is kept.
    pub ids_file: PathBuf,
}

impl Folder {
    /// Reads a folder. Everything readable is returned, every fault with its file and line.
    ///
    /// A folder without `standards`, `clauses` or `ids.txt` is complete without them.
    #[must_use]
    pub fn read(root: &Path) -> (Self, Vec<ChecklistError>) {
        let mut reader = Reader::default();
        let mut folder = Self { ids_file: root.join("ids.txt"), ..Self::default() };
        for (file, _, text) in reader.yaml_files(&root.join("standards")) {
            let standards = reader.keep(load_standards(&file, &text)).unwrap_or_default();
            folder.standards.extend(standards.into_iter().map(|standard| (file.clone(), standard)));
        }
        for (file, industry, text) in reader.yaml_files(&root.join("clauses")) {
            let clauses = reader.keep(load_clauses(&file, &text)).unwrap_or_default();
            folder.clauses.push(ClauseFile { industry, file, clauses });
        }
        for path in reader.entries(root).into_iter().filter(|path| path.join("checklist.yaml").is_file()) {
            let Some(text) = reader.text(&path.join("checklist.yaml")) else { continue };
            let file = path.join("checklist.yaml").display().to_string();
            if let Some(checklist) = reader.keep(load_yaml(&file, &text)) {
                folder.packs.push(Pack { folder: name_of(&path), file, text, checklist });
            }
        }
        if folder.ids_file.is_file() {
            let text = reader.text(&folder.ids_file).unwrap_or_default();
            let line = |line: &&str| !line.is_empty() && !line.starts_with('#');
            folder.released = text.lines().map(str::trim).filter(line).map(str::to_owned).collect();
        }
        (folder, reader.faults)
    }

    /// Standards and clauses of all files together.
    #[must_use]
    pub fn library(&self) -> Library {
        Library {
            standards: self.standards.iter().map(|(_, standard)| standard.clone()).collect(),
            clauses: self.clauses.iter().flat_map(|file| file.clauses.iter().cloned()).collect(),
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads files and keeps what went wrong.
#[derive(Default)]
struct Reader {
    faults: Vec<ChecklistError>,
}

impl Reader {
    fn keep<T>(&mut self, read: Result<T, Vec<ChecklistError>>) -> Option<T> {
        read.map_err(|faults| self.faults.extend(faults)).ok()
    }

    fn failed(&mut self, path: &Path, error: &std::io::Error) {
        let message = format!("cannot be read: {error}");
        self.faults.push(ChecklistError { file: path.display().to_string(), line: 0, column: 0, message });
    }

    fn text(&mut self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).map_err(|error| self.failed(path, &error)).ok()
    }

    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        let listed = std::fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
        let mut paths: Vec<PathBuf> = listed.map_err(|error| self.failed(folder, &error)).unwrap_or_default();
        paths.sort();
        paths
    }

    /// File as named, its stem, its text.
    fn yaml_files(&mut self, folder: &Path) -> Vec<(String, String, String)> {
        if !folder.is_dir() {
            return Vec::new();
        }
        let mut files = Vec::new();
        for path in self.entries(folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "yaml")) {
            if let Some(text) = self.text(&path) {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                files.push((path.display().to_string(), stem, text));
            }
        }
        files
    }
}
