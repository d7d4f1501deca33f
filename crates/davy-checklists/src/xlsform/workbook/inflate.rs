//! Measures what an .xlsx unpacks to. The sizes that a zip file declares may lie, so everything is unpacked once and thrown away.

use super::MAX_UNPACKED;
use crate::xlsform::words::words;
use davy_core::checklist::Text;
use std::io::{Cursor, Read};

/// Most parts of a workbook; one with a thousand sheets has about three thousand.
const MAX_PARTS: usize = 5_000;

/// What is wrong with a packed file; `None` when it may be read.
pub(super) fn fault(bytes: &[u8]) -> Option<Text> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return Some(words!("文件不是工作簿", "the file is no workbook"));
    };
    if archive.len() > MAX_PARTS {
        return Some(words!("文件有{}个部件，超过{MAX_PARTS}个", "the file has {} parts, more than {MAX_PARTS}", archive.len()));
    }
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else { return Some(packed_wrongly()) };
        match std::io::copy(&mut entry.take(left.saturating_add(1)), &mut std::io::sink()) {
            Ok(size) if size <= left => left -= size,
            Ok(_) => return Some(words!("文件解压后超过{} MiB", "the file unpacks to more than {} MiB", MAX_UNPACKED / 1_048_576)),
            Err(_) => return Some(packed_wrongly()),
        }
    }
    None
}

fn packed_wrongly() -> Text {
    words!("文件有一部分无法解压", "a part of the file cannot be unpacked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_small_file_that_unpacks_to_much_is_refused() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
        for _ in 0..70 {
            writer.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert!(bytes.len() < 1 << 20, "it is small while packed");
        assert!(fault(&bytes).unwrap().en.contains("64 MiB"));
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        assert!(fault(b"PK and then nothing").is_some());
    }
}
