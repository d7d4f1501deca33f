//! Any history of work, faults, restarts and partial runs ends in the same knowledge everywhere, with nothing lost.

use davy_core::event::Verdict;
use davy_core::id::{EventId, InspectionId};
use davy_world::{Device, History, World};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
enum Step {
    Answer { device: usize, item: usize, fails: bool },
    Comment { device: usize },
    Photograph { device: usize, size: usize },
    Start { device: usize },
    Sync { device: usize },
    Restart { device: usize },
    RestartServer,
    Wait { seconds: u64 },
}

const DEVICES: usize = 3;
const ITEMS: [&str; 3] = ["fence", "crane", "exits"];

fn step() -> impl Strategy<Value = Step> {
    let device = 0..DEVICES;
    prop_oneof![
        6 => (device.clone(), 0..ITEMS.len(), any::<bool>()).prop_map(|(device, item, fails)| Step::Answer { device, item, fails }),
        2 => device.clone().prop_map(|device| Step::Comment { device }),
        2 => (device.clone(), 1..60_000_usize).prop_map(|(device, size)| Step::Photograph { device, size }),
        1 => device.clone().prop_map(|device| Step::Start { device }),
        8 => device.clone().prop_map(|device| Step::Sync { device }),
        1 => device.prop_map(|device| Step::Restart { device }),
        1 => Just(Step::RestartServer),
        1 => (1..400_u64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// Everything that a device has of an inspection.
fn events(device: &Device, inspection: InspectionId) -> BTreeSet<EventId> {
    device.store().events(inspection.into()).unwrap().iter().map(|event| event.eid).collect()
}

async fn live(seed: u64, percent: u64, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut world = World::new(seed).await;
    let mut devices: Vec<Option<Device>> = Vec::new();
    for number in 0..DEVICES {
        let mut device = world.device(number % 2).await;
        device.settle().await;
        devices.push(Some(device));
    }
    let first = devices[0].as_mut().unwrap();
    let mut inspections = vec![first.start_inspection(world.site)];
    first.settle().await;
    for device in devices.iter_mut().flatten() {
        device.settle().await;
        device.faults.by_chance(percent);
    }
    let mut written: BTreeSet<EventId> = BTreeSet::new();
    for step in steps {
        match step {
            Step::Answer { device, item, fails } => {
                let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
                on_known(&devices[device], &inspections, |device, inspection| device.answer(inspection, ITEMS[item], verdict));
            }
            Step::Comment { device } => on_known(&devices[device], &inspections, |device, inspection| device.comment(inspection, "seen")),
            Step::Photograph { device, size } => {
                let bytes = world.seed.bytes(size);
                on_known(&devices[device], &inspections, |device, inspection| device.photograph(inspection, "crane", &bytes));
            }
            Step::Start { device } => inspections.push(devices[device].as_ref().unwrap().start_inspection(world.site)),
            Step::Sync { device } => drop(devices[device].as_mut().unwrap().sync().await),
            Step::Restart { device } => {
                let off = devices[device].take().unwrap();
                devices[device] = Some(off.restart());
            }
            Step::RestartServer => {
                world.stop_server().await;
                world.start_server().await;
                let url = world.url();
                for device in &mut devices {
                    *device = Some(device.take().unwrap().moved_to(&url));
                }
            }
            Step::Wait { seconds } => devices[0].as_ref().unwrap().pass(seconds * 1000),
        }
        for device in devices.iter().flatten() {
            written.extend(inspections.iter().flat_map(|inspection| events(device, *inspection)));
        }
    }
    // The network heals. Twice: what the last one sent must reach the first one.
    for _ in 0..2 {
        for device in devices.iter_mut().flatten() {
            device.faults.by_chance(0);
            device.settle().await;
        }
    }
    let devices: Vec<Device> = devices.into_iter().flatten().collect();
    let history = History::of(&world).await;
    prop_assert!(written.is_subset(&history.events()));
    for device in &devices {
        let has: BTreeSet<EventId> = inspections.iter().flat_map(|inspection| events(device, *inspection)).collect();
        prop_assert!(written.is_subset(&has), "{} of {} events are missing", written.difference(&has).count(), written.len());
        prop_assert_eq!(device.knowledge(), devices[0].knowledge());
        history.assert_has_all_of(device.store()).await;
    }
    Ok(())
}

/// Does something to the newest inspection that the device knows.
fn on_known(device: &Option<Device>, inspections: &[InspectionId], act: impl FnOnce(&Device, InspectionId)) {
    let device = device.as_ref().unwrap();
    let known = inspections.iter().rev().find(|inspection| device.store().aggregate((**inspection).into()).unwrap().is_some());
    if let Some(inspection) = known {
        act(device, *inspection);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_work_faults_and_restarts_end_in_the_same_knowledge_everywhere(
        seed: u64,
        percent in 0..45_u64,
        steps in prop::collection::vec(step(), 1..45),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(live(seed, percent, steps))?;
    }
}
