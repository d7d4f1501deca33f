//! What must hold for any work, in any interleaving, with any restart.
use super::*;
use crate::view::lists::InspectionFilter;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Answer { device: usize, inspection: u8, item: u8, fail: bool },
    Exchange { device: usize, limit: usize },
    Restart { device: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2usize, 1..3u8, 0..4u8, any::<bool>()).prop_map(|(device, inspection, item, fail)| Step::Answer { device, inspection, item, fail }),
        3 => (0..2usize, 1..6usize).prop_map(|(device, limit)| Step::Exchange { device, limit }),
        1 => (0..2usize).prop_map(|device| Step::Restart { device }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn devices_that_exchanged_everything_are_equal(steps in prop::collection::vec(step(), 1..25)) {
        let mut devices = [Some(device(1)), Some(device(2))];
        let mut feed = Feed::new(1);
        let mut sent = [0u64; 2];
        for n in 1..3 {
            devices[0].as_ref().unwrap().record(inspection_id(n), started());
        }
        let mut exchange = |devices: &[Option<Device>; 2], feed: &mut Feed, at: usize, limit: usize| {
            let device = devices[at].as_ref().unwrap();
            feed.take(device, sent[at]);
            sent[at] = device.store.stream_heads().unwrap().chain.seq;
            feed.pull(&device.store, SCOPE, limit);
        };
        exchange(&devices, &mut feed, 0, 9);
        exchange(&devices, &mut feed, 1, 9);
        for step in steps {
            match step {
                Step::Answer { device, inspection, item, fail } => {
                    let verdict = if fail { Verdict::Fail } else { Verdict::Pass };
                    devices[device].as_ref().unwrap().record(inspection_id(inspection), answer(&format!("i{item}"), verdict));
                }
                Step::Exchange { device, limit } => exchange(&devices, &mut feed, device, limit),
                Step::Restart { device } => devices[device] = devices[device].take().map(Device::restart),
            }
        }
        for round in 0..2 {
            exchange(&devices, &mut feed, 0, 3 + round);
            exchange(&devices, &mut feed, 1, 5 + round);
        }
        let [Some(one), Some(two)] = &devices else { unreachable!() };
        prop_assert_eq!(one.store.cursors().unwrap(), two.store.cursors().unwrap());
        for n in 1..3 {
            let root: RootId = inspection_id(n).into();
            let (a, b) = (one.store.aggregate(root).unwrap(), two.store.aggregate(root).unwrap());
            prop_assert_eq!(&a, &b);
            let refolded = Aggregate::refold(&two.store.events(root).unwrap()).map(Arc::new);
            prop_assert_eq!(&a, &refolded, "the cache equals a fold from all events");
        }
        let rows = |device: &Device| device.store.list_inspections(&InspectionFilter::default()).unwrap();
        prop_assert_eq!(rows(one), rows(two));
    }
}

use davy_core::fold::Aggregate;
