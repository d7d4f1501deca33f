//! Tables for every transition, properties for the invariants of the head comment.

use super::*;
use proptest::prelude::*;
use std::time::Duration;

const CONFIG: Config =
    Config { backoff: Backoff { base_ms: 1_000, cap_ms: 300_000, longest_imposed_ms: 3_600_000 }, poll_ms: 60_000, settle_ms: 2_000 };

/// A machine under test with its clock.
struct Bench {
    state: State,
    now: Tick,
    effect: Option<Effect>,
}

impl Bench {
    fn new() -> Self {
        Self { state: State::new(1_000_000), now: 1_000_000, effect: None }
    }

    fn give(&mut self, input: Input) -> &mut Self {
        let (state, effect) = step(&self.state, &CONFIG, self.now, u32::MAX / 2, input);
        self.state = state;
        self.effect = effect;
        self
    }

    fn wake(&mut self, wake: Wake) -> &mut Self {
        self.give(Input::Wake(wake))
    }

    fn done(&mut self, lane: Lane, progress: Progress) -> &mut Self {
        self.give(Input::Done { lane, progress })
    }

    fn failed(&mut self, lane: Lane, cause: Cause, retry: RetryKind) -> &mut Self {
        self.give(Input::Failed { lane, cause, retry })
    }

    fn running(&self) -> Option<Lane> {
        match self.state.phase() {
            Phase::Running(lane) => Some(lane),
            Phase::Resting { .. } => None,
        }
    }

    /// Runs all lanes to the end, as when all is well.
    fn whole_run(&mut self) -> &mut Self {
        self.wake(Wake::Timer);
        for lane in Lane::ALL {
            assert_eq!(self.running(), Some(lane));
            self.done(lane, Progress::Complete);
        }
        self
    }

    fn rest_ms(&self) -> Option<u64> {
        match self.state.phase() {
            Phase::Resting { until } => Some(until.saturating_sub(self.now)),
            Phase::Running(_) => None,
        }
    }
}

const TRANSIENT: RetryKind = RetryKind::Transient { after: None };

#[test]
fn a_run_goes_through_the_lanes_in_order_and_rests_until_the_poll() {
    let mut bench = Bench::new();
    bench.whole_run();
    assert_eq!(bench.rest_ms(), Some(CONFIG.poll_ms));
    assert_eq!(bench.state.problem(), None);
}

#[test]
fn after_each_lane_failed_in_each_way_the_expected_lane_is_next() {
    use Cause as C;
    use Lane as L;
    // Lane that fails, cause, the lane after it (`None`: rest).
    let table = [
        (L::Contact, C::NoNetwork, None),
        (L::Contact, C::ServerUnreachable, None),
        (L::Contact, C::ServerError, None),
        (L::Contact, C::CaptivePortal, None),
        (L::Contact, C::Certificate, None),
        (L::Contact, C::Throttled, None),
        (L::Contact, C::Clock, None),
        (L::Contact, C::Internal, None),
        (L::Contact, C::Version, Some(L::Push)),
        (L::Contact, C::Revoked, Some(L::Push)),
        (L::Push, C::ServerUnreachable, Some(L::Pull)),
        (L::Push, C::ServerError, Some(L::Pull)),
        (L::Push, C::Refused, Some(L::Pull)),
        (L::Push, C::ServerFull, Some(L::Pull)),
        (L::Push, C::NoNetwork, None),
        (L::Push, C::CaptivePortal, None),
        (L::Push, C::Throttled, None),
        (L::Pull, C::Revoked, Some(L::Download)),
        (L::Pull, C::DiskFull, Some(L::Download)),
        (L::Pull, C::Internal, Some(L::Download)),
        (L::Pull, C::NoNetwork, None),
        (L::Download, C::ServerUnreachable, Some(L::Upload)),
        (L::Download, C::DiskFull, Some(L::Upload)),
        (L::Download, C::Clock, None),
        (L::Upload, C::ServerFull, None),
        (L::Upload, C::ServerUnreachable, None),
    ];
    for (failing, cause, expected) in table {
        let mut bench = Bench::new();
        bench.wake(Wake::Timer);
        for lane in Lane::ALL.into_iter().take_while(|lane| *lane != failing) {
            bench.done(lane, Progress::Complete);
        }
        bench.failed(failing, cause, TRANSIENT);
        assert_eq!(bench.running(), expected, "{failing:?} failed with {cause:?}");
        assert_eq!(bench.state.problem(), Some((failing, cause)));
    }
}

#[test]
fn a_failed_sign_off_of_the_version_still_sends_but_does_not_read() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer).failed(Lane::Contact, Cause::Version, RetryKind::Permanent);
    assert_eq!(bench.running(), Some(Lane::Push));
    bench.done(Lane::Push, Progress::Complete);
    assert_eq!(bench.running(), Some(Lane::Upload));
}

#[test]
fn sending_and_receiving_alternate() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer).done(Lane::Contact, Progress::Complete);
    for _ in 0..5 {
        assert_eq!(bench.running(), Some(Lane::Push));
        bench.done(Lane::Push, Progress::More);
        assert_eq!(bench.running(), Some(Lane::Pull));
        bench.done(Lane::Pull, Progress::More);
    }
}

#[test]
fn an_event_saved_during_an_upload_goes_before_the_next_chunk() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer);
    for lane in [Lane::Contact, Lane::Push, Lane::Pull, Lane::Download] {
        bench.done(lane, Progress::Complete);
    }
    bench.wake(Wake::LocalWork).done(Lane::Upload, Progress::More);
    assert_eq!(bench.running(), Some(Lane::Push));
    bench.done(Lane::Push, Progress::Complete);
    assert_eq!(bench.running(), Some(Lane::Upload));
}

#[test]
fn work_that_arrives_while_its_own_lane_runs_is_not_overlooked() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer).done(Lane::Contact, Progress::Complete);
    bench.wake(Wake::LocalWork).done(Lane::Push, Progress::Complete);
    assert_eq!(bench.running(), Some(Lane::Pull));
    bench.done(Lane::Pull, Progress::Complete);
    assert_eq!(bench.running(), Some(Lane::Push));
}

#[test]
fn a_long_upload_contacts_the_server_at_every_poll() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer);
    for lane in [Lane::Contact, Lane::Push, Lane::Pull, Lane::Download] {
        bench.done(lane, Progress::Complete);
    }
    bench.now += CONFIG.poll_ms;
    bench.done(Lane::Upload, Progress::More);
    assert_eq!(bench.running(), Some(Lane::Contact));
    bench.done(Lane::Contact, Progress::Complete);
    assert_eq!(bench.running(), Some(Lane::Pull));
}

#[test]
fn each_wake_at_rest_begins_a_run_when_it_should() {
    // Wake, milliseconds until the run begins after a good run.
    let half = CONFIG.backoff.base_ms / 2;
    let table =
        [(Wake::Timer, CONFIG.poll_ms), (Wake::LocalWork, CONFIG.settle_ms), (Wake::Hint, 0), (Wake::Network, half - 1), (Wake::Person, 0)];
    for (wake, wait) in table {
        let mut bench = Bench::new();
        bench.whole_run().wake(wake);
        assert_eq!(bench.rest_ms().unwrap_or(0), wait, "{wake:?}");
        assert_eq!(bench.running().is_some(), wait == 0, "{wake:?}");
    }
}

#[test]
fn a_burst_of_answers_does_not_push_its_own_sending_away() {
    let mut bench = Bench::new();
    bench.whole_run().wake(Wake::LocalWork);
    for _ in 0..10 {
        bench.now += CONFIG.settle_ms / 10;
        bench.wake(Wake::LocalWork);
    }
    assert_eq!(bench.rest_ms().unwrap_or(0), 0);
}

#[test]
fn saved_work_does_not_shorten_a_back_off_but_a_person_does() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer);
    for _ in 0..8 {
        bench.failed(Lane::Contact, Cause::ServerUnreachable, RetryKind::Network);
        bench.now += bench.rest_ms().unwrap();
        bench.wake(Wake::Timer);
    }
    bench.failed(Lane::Contact, Cause::ServerUnreachable, RetryKind::Network);
    let before = bench.rest_ms().unwrap();
    assert!(before > 100_000);
    assert_eq!(bench.wake(Wake::LocalWork).rest_ms(), Some(before));
    assert_eq!(bench.wake(Wake::Person).running(), Some(Lane::Contact));
}

#[test]
fn a_pause_that_the_server_asked_for_holds_even_against_a_person() {
    let pause = RetryKind::Transient { after: Some(Duration::from_secs(120)) };
    for wake in [Wake::Timer, Wake::LocalWork, Wake::Hint, Wake::Network, Wake::Person] {
        let mut bench = Bench::new();
        bench.wake(Wake::Timer).failed(Lane::Contact, Cause::Throttled, pause).wake(wake);
        assert!(bench.rest_ms().is_some_and(|rest| rest >= 120_000), "{wake:?}");
    }
}

#[test]
fn a_photograph_that_waits_alone_wakes_the_machine_in_its_own_time() {
    let mut bench = Bench::new();
    bench.wake(Wake::Timer);
    for lane in [Lane::Contact, Lane::Push, Lane::Pull, Lane::Download] {
        bench.done(lane, Progress::Complete);
    }
    bench.done(Lane::Upload, Progress::Later(7_000));
    assert_eq!(bench.rest_ms(), Some(7_000));
}

#[test]
fn news_during_a_contact_is_asked_for_again_and_once() {
    for (wake, again) in [(Wake::Hint, true), (Wake::Person, true), (Wake::Network, true), (Wake::LocalWork, false), (Wake::Timer, false)] {
        let mut bench = Bench::new();
        bench.wake(Wake::Timer);
        assert_eq!(bench.running(), Some(Lane::Contact));
        bench.wake(wake).done(Lane::Contact, Progress::Complete);
        assert_eq!(bench.running() == Some(Lane::Contact), again, "{wake:?}");
        if again {
            bench.done(Lane::Contact, Progress::Complete);
            assert_ne!(bench.running(), Some(Lane::Contact), "{wake:?}: one more is enough");
        }
    }
}

#[test]
fn a_late_report_of_a_step_that_does_not_run_changes_nothing() {
    for lane in Lane::ALL {
        let mut bench = Bench::new();
        bench.whole_run();
        let before = bench.state;
        assert_eq!(bench.done(lane, Progress::More).state, before);
        assert_eq!(bench.failed(lane, Cause::Internal, RetryKind::Permanent).state, before);
        bench.wake(Wake::Person);
        let before = bench.state;
        if lane != Lane::Contact {
            assert_eq!(bench.done(lane, Progress::Complete).state, before);
        }
    }
}

fn any_cause() -> impl Strategy<Value = Cause> {
    use Cause as C;
    prop::sample::select(vec![
        C::NoNetwork,
        C::ServerUnreachable,
        C::ServerError,
        C::CaptivePortal,
        C::Certificate,
        C::Revoked,
        C::Throttled,
        C::ServerFull,
        C::DiskFull,
        C::Clock,
        C::Refused,
        C::Version,
        C::Internal,
    ])
}

fn any_retry() -> impl Strategy<Value = RetryKind> {
    prop_oneof![
        Just(RetryKind::Network),
        Just(RetryKind::Permanent),
        Just(TRANSIENT),
        any::<u32>().prop_map(|s| RetryKind::Transient { after: Some(Duration::from_secs(u64::from(s))) }),
    ]
}

fn any_wake() -> impl Strategy<Value = Wake> {
    prop::sample::select(vec![Wake::Timer, Wake::LocalWork, Wake::Hint, Wake::Network, Wake::Person])
}

fn any_progress() -> impl Strategy<Value = Progress> {
    prop_oneof![Just(Progress::More), Just(Progress::Complete), any::<u64>().prop_map(Progress::Later)]
}

/// A thing that may happen; reports go to the running lane or to any other.
fn any_input() -> impl Strategy<Value = Input> {
    let lane = prop::sample::select(Lane::ALL.to_vec());
    prop_oneof![
        any_wake().prop_map(Input::Wake),
        (lane.clone(), any_progress()).prop_map(|(lane, progress)| Input::Done { lane, progress }),
        (lane, any_cause(), any_retry()).prop_map(|(lane, cause, retry)| Input::Failed { lane, cause, retry }),
    ]
}

/// The same input aimed at the lane that runs, so that histories get somewhere.
fn aim(input: Input, state: &State) -> Input {
    match (state.phase(), input) {
        (Phase::Running(lane), Input::Done { progress, .. }) => Input::Done { lane, progress },
        (Phase::Running(lane), Input::Failed { cause, retry, .. }) => Input::Failed { lane, cause, retry },
        (_, input) => input,
    }
}

fn history() -> impl Strategy<Value = Vec<(Input, bool, u32, u64)>> {
    prop::collection::vec((any_input(), prop::bool::weighted(0.9), any::<u32>(), 0..200_000u64), 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_reachable_state_runs_a_lane_or_rests_for_a_bounded_time(history in history()) {
        let mut state = State::new(0);
        let mut now = 0;
        let mut outstanding = None;
        for (input, aimed, dice, passes) in history {
            now += passes;
            let input = if aimed { aim(input, &state) } else { input };
            let before = state.phase();
            let (next, effect) = step(&state, &CONFIG, now, dice, input);
            state = next;
            match (effect, state.phase()) {
                (Some(Effect::Run(lane)), Phase::Running(running)) => {
                    prop_assert_eq!(lane, running);
                    outstanding = Some(lane);
                }
                (Some(Effect::SleepUntil(at)), Phase::Resting { until }) => {
                    prop_assert_eq!(at, until);
                    prop_assert!(at <= now + CONFIG.longest_rest_ms());
                    outstanding = None;
                }
                (None, Phase::Running(lane)) => {
                    prop_assert_eq!(before, Phase::Running(lane));
                    prop_assert_eq!(outstanding, Some(lane));
                }
                (effect, phase) => prop_assert!(false, "{:?} in {:?}", effect, phase),
            }
        }
    }

    #[test]
    fn a_failed_lane_rests_until_its_back_off_is_over_unless_a_person_or_the_network_says_otherwise(history in history()) {
        let mut state = State::new(0);
        let mut now = 0;
        for (input, _, dice, passes) in history {
            now += passes;
            let input = aim(input, &state);
            let forgiving = matches!(input, Input::Wake(Wake::Person | Wake::Network));
            let before = state;
            let (next, effect) = step(&state, &CONFIG, now, dice, input);
            state = next;
            if let Some(Effect::Run(lane)) = effect {
                let was = if matches!(input, Input::Failed { .. }) { *state.lane(lane) } else { *before.lane(lane) };
                let free = was.not_before <= now || (forgiving && !was.imposed);
                prop_assert!(free, "{lane:?} runs {} ms too early", was.not_before - now);
            }
        }
    }

    #[test]
    fn once_faults_end_everything_is_exchanged_within_one_longest_rest(history in history(), work in 1..20u32) {
        let mut state = State::new(0);
        let mut now = 0;
        for (input, _, dice, passes) in history {
            now += passes;
            state = step(&state, &CONFIG, now, dice, aim(input, &state)).0;
        }
        // From here on nothing fails; each lane has `work` steps to do.
        let deadline = now + 3 * CONFIG.longest_rest_ms();
        let mut left = [1, work, work, work, work];
        while left.iter().any(|n| *n > 0) {
            prop_assert!(now <= deadline, "left: {left:?}");
            let input = match state.phase() {
                Phase::Resting { until } => {
                    now = now.max(until);
                    Input::Wake(Wake::Timer)
                }
                Phase::Running(lane) => {
                    let n = &mut left[lane.index()];
                    *n = n.saturating_sub(1);
                    Input::Done { lane, progress: if *n > 0 { Progress::More } else { Progress::Complete } }
                }
            };
            state = step(&state, &CONFIG, now, 7, input).0;
        }
        prop_assert!(Lane::ALL.iter().all(|lane| left[lane.index()] == 0));
    }

    #[test]
    fn a_push_that_always_fails_never_keeps_pulls_away_and_the_other_way_round(
        cause in any_cause().prop_filter("ends the run by design", |cause| !cause.is_connection_wide()),
        retry in any_retry(),
        push_fails: bool,
        dice: u32,
    ) {
        let broken = if push_fails { Lane::Push } else { Lane::Pull };
        let healthy = if push_fails { Lane::Pull } else { Lane::Push };
        let mut bench = Bench::new();
        let mut served = 0;
        for _ in 0..200 {
            match bench.state.phase() {
                Phase::Resting { until } => {
                    bench.now = bench.now.max(until);
                    bench.wake(Wake::Timer);
                }
                Phase::Running(lane) if lane == broken => {
                    let input = Input::Failed { lane, cause, retry };
                    bench.state = step(&bench.state, &CONFIG, bench.now, dice, input).0;
                }
                Phase::Running(lane) => {
                    served += u32::from(lane == healthy);
                    bench.done(lane, Progress::Complete);
                }
            }
        }
        prop_assert!(served >= 30, "served {served} times");
    }
}
