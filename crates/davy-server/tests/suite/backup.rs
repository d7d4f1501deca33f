//! A backup is whole, checked, and a server can be started from it.

use crate::device::{Device, checklist};
use crate::support::{World, config};
use crate::tus::{hash, noise, upload_whole};
use davy_core::id::RootId;
use davy_server::Server;

#[tokio::test]
async fn a_server_started_from_a_backup_has_everything_that_was_receipted_before_it() {
    let world = World::new().await;
    let person = world.inspector().await;
    let mut device = Device::enrol(&world, person).await;
    let reference = checklist(&world).await;
    let id = device.inspect(world.sites[0], reference.clone(), 4);
    let segment = device.seal();
    let receipt = device.receipt(&device.send(&world, std::slice::from_ref(&segment)).await);
    assert_eq!(receipt.durable_seq, 0, "there is no second copy yet");
    let bytes = noise(10_000, 1);
    upload_whole(&world, &device, &bytes).await;
    let target = tempfile::tempdir().unwrap();
    // What comes in the same millisecond as the backup is not yet counted as copied.
    world.clock.advance(1);
    let report = world.admin.backup(target.path(), true).await.unwrap();
    assert_eq!((report.copied, report.kept, report.damaged.len()), (2, 0, 0), "the photograph and the checklist");
    let again = device.receipt(&device.send(&world, &[segment]).await);
    assert_eq!(again.durable_seq, 5, "the receipt says that a second copy exists");
    let restored = tempfile::tempdir().unwrap();
    std::fs::copy(&report.database, restored.path().join("davy.db")).unwrap();
    copy_folder(&target.path().join("blobs"), &restored.path().join("blobs"));
    let server = Server::start(config(restored.path())).await.unwrap();
    let store = &server.admin().app().store;
    let (org, root, sha256) = (world.org, RootId::from(id), hash(&bytes));
    let found = store.query(move |tx| Ok((tx.aggregate(root)?.is_some(), tx.blob(org, sha256)?.is_some()))).await.unwrap();
    assert_eq!(found, (true, true));
    assert_eq!(server.admin().app().blobs.bytes(org, sha256).await.unwrap(), bytes);
    server.stop().await;
    // A second backup into the same folder copies only what is new.
    world.clock.advance(1000);
    upload_whole(&world, &device, &noise(10_000, 2)).await;
    let report = world.admin.backup(target.path(), false).await.unwrap();
    assert_eq!((report.copied, report.kept), (1, 2));
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_damaged_photograph_is_named_and_the_rest_is_saved() {
    let world = World::new().await;
    let person = world.inspector().await;
    let device = Device::enrol(&world, person).await;
    let (good, bad) = (noise(1_000, 1), noise(1_000, 2));
    upload_whole(&world, &device, &good).await;
    upload_whole(&world, &device, &bad).await;
    let path = world.admin.app().blobs.path(world.org, hash(&bad));
    let mut rotten = bad.clone();
    rotten[500] ^= 1;
    std::fs::write(path, rotten).unwrap();
    let target = tempfile::tempdir().unwrap();
    let report = world.admin.backup(target.path(), true).await.unwrap();
    assert_eq!((report.copied, report.damaged), (1, vec![hash(&bad).to_string()]));
    let stream = device.chain.stream;
    let row = world.admin.app().store.query(move |tx| tx.stream(stream)).await.unwrap().unwrap();
    assert_eq!(row.durable_seq, 0, "a copy with a hole lets nobody let go");
}

#[tokio::test]
async fn two_servers_do_not_share_a_folder() {
    let world = World::new().await;
    let second = Server::start(config(world.folder.path())).await;
    assert!(matches!(second, Err(davy_server::StartError::Locked { .. })));
}
