#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use proptest::prelude::*;

fn folder(dir: &Path) -> BlobFolder {
    BlobFolder::open(dir.join("blobs"), Zeroizing::new([7; 32])).unwrap()
}

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from(i * 31 % 251).unwrap()).collect()
}

#[test]
fn what_is_stored_comes_back_whole_at_every_edge_of_a_chunk() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    for len in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let plain = bytes(len);
        let stored = folder.put(&plain, BlobRole::Original, "image/jpeg").unwrap();
        assert_eq!(stored.size, len as u64);
        assert_eq!(folder.read(stored.sha256).unwrap().unwrap(), plain, "{len} bytes");
    }
}

#[test]
fn plain_bytes_are_nowhere_in_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let marker = b"the quick brown fox jumps over the lazy dog";
    let stored = folder.put(&marker.repeat(100), BlobRole::Original, "image/jpeg").unwrap();
    let on_disk = std::fs::read(folder.path(stored.sha256)).unwrap();
    assert!(!on_disk.windows(16).any(|w| w == &marker[..16]));
}

#[test]
fn a_wrong_key_or_a_wrong_name_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let stored = folder.put(b"evidence", BlobRole::Original, "image/jpeg").unwrap();
    let other = BlobFolder::open(dir.path().join("blobs"), Zeroizing::new([8; 32])).unwrap();
    assert!(matches!(other.read(stored.sha256), Err(StoreError::BlobDamaged { .. })));
    let wrong = BlobId([stored.sha256.0[0]; 32]);
    std::fs::create_dir_all(folder.shard(wrong)).unwrap();
    std::fs::copy(folder.path(stored.sha256), folder.path(wrong)).unwrap();
    assert!(matches!(folder.read(wrong), Err(StoreError::BlobDamaged { .. })));
}

#[test]
fn leftovers_of_a_killed_process_are_swept_and_whole_files_stay() {
    let dir = tempfile::tempdir().unwrap();
    let first = folder(dir.path());
    let stored = first.put(b"evidence", BlobRole::Original, "image/jpeg").unwrap();
    let part = first.shard(stored.sha256).join(".part-x");
    std::fs::write(&part, b"half").unwrap();
    let again = folder(dir.path());
    assert!(!part.exists());
    assert!(again.has(stored.sha256));
    assert_eq!(again.list(|_| Ok(false)).unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_range_is_the_same_slice(len in 0usize..200_000, offset in 0u64..220_000, take in 0u64..220_000) {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder(dir.path());
        let plain = bytes(len);
        let stored = folder.put(&plain, BlobRole::Original, "image/jpeg").unwrap();
        let from = usize::try_from(offset).unwrap().min(len);
        let to = usize::try_from(offset + take).unwrap().min(len);
        prop_assert_eq!(folder.read_range(stored.sha256, offset, take).unwrap().unwrap(), plain[from..to].to_vec());
    }

    #[test]
    fn any_flipped_bit_and_any_cut_is_noticed(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder(dir.path());
        let stored = folder.put(&bytes(70_000), BlobRole::Original, "image/jpeg").unwrap();
        let path = folder.path(stored.sha256);
        let mut file = std::fs::read(&path).unwrap();
        let at = at.index(file.len());
        if cut { file.truncate(at) } else { file[at] ^= 1 << bit }
        std::fs::write(&path, file).unwrap();
        let damaged = matches!(folder.read(stored.sha256), Err(StoreError::BlobDamaged { .. }));
        prop_assert!(damaged);
    }
}
