#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::keychain::KeychainError;
use super::*;
use crate::clock::FakeClock;
use davy_core::event::Role;
use davy_core::id::{DeviceId, OrgId, PersonId, StreamId};
use std::sync::Mutex;

fn enrolment() -> Enrolment {
    Enrolment {
        server: "https://davy.example".into(),
        org: OrgId([1; 16]),
        org_name: "County Safety Bureau".into(),
        stream: StreamId([2; 16]),
        device: DeviceId([3; 16]),
        device_name: "Tablet 7".into(),
        record: vec![4; 90],
        server_key: [5; 32],
        person: PersonId([6; 16]),
        person_name: "Li Wei".into(),
        role: Role::Inspector,
    }
}

fn vault(dir: &Path, keychain: Option<&dyn Keychain>) -> Keys {
    Vault::create(dir, "246810", &Secrets::generate(), enrolment(), PinCost::LOWEST, keychain).unwrap()
}

fn clock() -> FakeClock {
    FakeClock::new(1_700_000_000_000, [9; 8])
}

#[derive(Default)]
struct MemoryKeychain(Mutex<Option<Vec<u8>>>);

impl Keychain for MemoryKeychain {
    fn set(&self, secret: &[u8]) -> Result<(), KeychainError> {
        *self.0.lock().unwrap() = Some(secret.to_vec());
        Ok(())
    }
    fn get(&self) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.0.lock().unwrap().clone().map(zeroize::Zeroizing::new))
    }
}

/// Accepts everything, keeps nothing.
struct ForgetfulKeychain;

impl Keychain for ForgetfulKeychain {
    fn set(&self, _: &[u8]) -> Result<(), KeychainError> {
        Ok(())
    }
    fn get(&self) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(None)
    }
}

#[test]
fn the_pin_opens_the_same_keys_again() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Vault::state(dir.path(), &clock()).unwrap(), VaultState::Absent);
    let made = vault(dir.path(), None);
    let opened = Vault::open_with_pin(dir.path(), "246810", &clock()).unwrap();
    assert_eq!(opened.enrolment, made.enrolment);
    assert_eq!((opened.db, opened.blob), (made.db, made.blob));
    assert_eq!(opened.signing, made.signing);
}

#[test]
fn the_file_shows_names_and_server_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    vault(dir.path(), None);
    let text = std::fs::read_to_string(vault_path(dir.path())).unwrap();
    assert!(text.contains("Li Wei"));
    assert!(!text.contains("Tablet 7"), "the device's name is inside");
    assert!(!text.contains(&hex::encode([4; 16])), "the record is inside");
}

#[test]
fn a_second_vault_never_replaces_the_first() {
    let dir = tempfile::tempdir().unwrap();
    vault(dir.path(), None);
    let again = Vault::create(dir.path(), "1", &Secrets::generate(), enrolment(), PinCost::LOWEST, None);
    assert!(matches!(again, Err(UnlockError::Damaged { .. })));
    Vault::open_with_pin(dir.path(), "246810", &clock()).unwrap();
}

#[test]
fn wrong_pins_wait_longer_and_longer_and_the_right_one_still_opens() {
    let dir = tempfile::tempdir().unwrap();
    vault(dir.path(), None);
    let clock = clock();
    for (failed, wait) in [(1, 0), (2, 0), (3, 0), (4, 0), (5, 30), (6, 60), (7, 300), (8, 900), (9, 3600), (10, 3600)] {
        match Vault::open_with_pin(dir.path(), "0000", &clock) {
            Err(UnlockError::Wrong { failed: f, wait_seconds: w }) => assert_eq!((f, w), (failed, wait)),
            other => panic!("{other:?}"),
        }
        if wait > 0 {
            clock.advance(wait * 1000 - 1);
            let early = Vault::open_with_pin(dir.path(), "246810", &clock);
            assert!(matches!(early, Err(UnlockError::Throttled { wait_seconds: 1, .. })), "even the right PIN waits: {early:?}");
            clock.advance(1);
        }
    }
    Vault::open_with_pin(dir.path(), "246810", &clock).unwrap();
    assert!(matches!(Vault::state(dir.path(), &clock).unwrap(), VaultState::Locked { failed: 0, wait_seconds: 0, .. }));
}

#[test]
fn neither_a_moved_wall_clock_nor_a_reboot_nor_a_damaged_counter_shortens_the_wait() {
    let dir = tempfile::tempdir().unwrap();
    vault(dir.path(), None);
    let clock = clock();
    for _ in 0..5 {
        Vault::open_with_pin(dir.path(), "0000", &clock).unwrap_err();
    }
    let throttled = |clock: &FakeClock| matches!(Vault::open_with_pin(dir.path(), "246810", clock), Err(UnlockError::Throttled { .. }));
    clock.set_wall(1_900_000_000_000);
    assert!(throttled(&clock), "within a boot the wall clock does not count");
    clock.set_wall(1_600_000_000_000);
    clock.reboot([8; 8]);
    assert!(throttled(&clock), "a clock set back gives the whole wait again");
    std::fs::write(dir.path().join("attempts.json"), b"{").unwrap();
    assert!(throttled(&FakeClock::new(0, [7; 8])), "a damaged counter counts as many failures");
}

#[test]
fn the_keychain_opens_without_the_pin_and_its_loss_leaves_the_pin() {
    let dir = tempfile::tempdir().unwrap();
    let chain = MemoryKeychain::default();
    let made = vault(dir.path(), Some(&chain));
    assert!(matches!(Vault::state(dir.path(), &clock()).unwrap(), VaultState::Locked { keychain: true, .. }));
    assert_eq!(Vault::open_with_keychain(dir.path(), &chain).unwrap().db, made.db);
    *chain.0.lock().unwrap() = Some(vec![0; 32]);
    assert!(matches!(Vault::open_with_keychain(dir.path(), &chain), Err(UnlockError::Keychain)));
    Vault::open_with_pin(dir.path(), "246810", &clock()).unwrap();
}

#[test]
fn a_keychain_that_forgets_is_not_relied_on() {
    let dir = tempfile::tempdir().unwrap();
    vault(dir.path(), Some(&ForgetfulKeychain));
    assert!(matches!(Vault::state(dir.path(), &clock()).unwrap(), VaultState::Locked { keychain: false, .. }));
}

#[test]
fn the_pin_can_be_changed_by_who_knows_it() {
    let dir = tempfile::tempdir().unwrap();
    let made = vault(dir.path(), None);
    assert!(Vault::change_pin(dir.path(), "wrong", "1357", PinCost::LOWEST, &clock()).is_err());
    Vault::change_pin(dir.path(), "246810", "1357", PinCost::LOWEST, &clock()).unwrap();
    assert_eq!(Vault::open_with_pin(dir.path(), "1357", &clock()).unwrap().db, made.db);
    assert!(matches!(Vault::open_with_pin(dir.path(), "246810", &clock()), Err(UnlockError::Wrong { .. })));
}

#[test]
fn a_vault_of_a_newer_program_and_a_damaged_one_are_named() {
    let dir = tempfile::tempdir().unwrap();
    vault(dir.path(), None);
    let path = vault_path(dir.path());
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
    assert!(matches!(Vault::state(dir.path(), &clock()), Err(UnlockError::Newer { found: 2, known: 1 })));
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    assert!(matches!(Vault::open_with_pin(dir.path(), "246810", &clock()), Err(UnlockError::Damaged { .. })));
}
