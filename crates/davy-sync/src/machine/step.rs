//! The transition function.

use super::{Config, Effect, Input, Lane, LaneSet, LaneState, Phase, Progress, State, Tick, Wake};
use crate::error::{Cause, RetryKind};

/// The next state, and what to do: a lane to run, an instant to sleep until, or nothing new while a lane is running.
/// `now` is milliseconds of a clock that never goes back, `dice` a random number.
#[must_use]
pub fn step(state: &State, config: &Config, now: Tick, dice: u32, input: Input) -> (State, Option<Effect>) {
    let mut next = *state;
    let effect = match (state.phase, input) {
        (Phase::Resting { until }, Input::Wake(wake)) => Some(next.wake_at_rest(config, now, dice, until, wake)),
        (Phase::Running(lane), Input::Wake(wake)) => {
            next.wake_while_running(wake, lane);
            None
        }
        (Phase::Running(running), Input::Done { lane, progress }) if running == lane => {
            next.succeed(config, now, lane, progress);
            Some(next.go_on(config, now, lane))
        }
        (Phase::Running(running), Input::Failed { lane, cause, retry }) if running == lane => {
            next.fail(config, now, dice, lane, cause, retry);
            Some(next.go_on(config, now, lane))
        }
        // A report of a step that is not running: late, changes nothing.
        (Phase::Running(_), Input::Done { .. } | Input::Failed { .. }) => None,
        (Phase::Resting { until }, Input::Done { .. } | Input::Failed { .. }) => Some(Effect::SleepUntil(until)),
    };
    (next, effect)
}

impl State {
    fn wake_at_rest(&mut self, config: &Config, now: Tick, dice: u32, until: Tick, wake: Wake) -> Effect {
        let at = match wake {
            Wake::Timer => until,
            Wake::LocalWork => until.min(self.earliest(&[Lane::Contact, Lane::Push], now.saturating_add(config.settle_ms))),
            Wake::Hint => until.min(self.earliest(&[Lane::Contact, Lane::Pull], now)),
            Wake::Network => {
                self.forgive();
                let soon = now.saturating_add(config.backoff.jittered(1, dice));
                until.min(self.earliest(&[Lane::Contact], soon))
            }
            Wake::Person => {
                self.forgive();
                until.min(self.earliest(&[Lane::Contact], now))
            }
        };
        if at > now {
            self.phase = Phase::Resting { until: at };
            return Effect::SleepUntil(at);
        }
        self.wanted = None;
        self.todo = LaneSet::ALL;
        self.phase = Phase::Running(Lane::Contact);
        Effect::Run(Lane::Contact)
    }

    fn wake_while_running(&mut self, wake: Wake, running: Lane) {
        let again = match wake {
            Wake::Timer => LaneSet::NONE,
            Wake::LocalWork => LaneSet::of(&[Lane::Push, Lane::Upload]),
            Wake::Hint => LaneSet::of(&[Lane::Pull, Lane::Download]),
            Wake::Network | Wake::Person => {
                self.forgive();
                LaneSet::of(&[Lane::Push, Lane::Pull, Lane::Download, Lane::Upload])
            }
        };
        // The contact under way may have been answered before the news: what it says of the feeds would be believed.
        let contact = running == Lane::Contact && !matches!(wake, Wake::Timer | Wake::LocalWork);
        self.again = self.again.with(again).with(if contact { LaneSet::of(&[Lane::Contact]) } else { LaneSet::NONE });
    }

    fn succeed(&mut self, config: &Config, now: Tick, lane: Lane, progress: Progress) {
        self.lanes[lane.index()] = LaneState::default();
        match progress {
            Progress::More => {}
            Progress::Complete => self.todo = self.todo.without(lane),
            Progress::Later(ms) => {
                self.todo = self.todo.without(lane);
                let at = now.saturating_add(ms.min(config.longest_rest_ms()));
                self.wanted = Some(self.wanted.map_or(at, |wanted| wanted.min(at)));
            }
        }
        if lane == Lane::Contact {
            self.contacted_at = now;
            // One answer is the whole of it: "more" would loop.
            self.todo = self.todo.without(Lane::Contact);
        } else if now.saturating_sub(self.contacted_at) >= config.poll_ms && self.lane(Lane::Contact).not_before <= now {
            // A night of uploads must still hear what the supervisor said.
            self.todo = self.todo.with(LaneSet::of(&[Lane::Contact, Lane::Pull, Lane::Download]));
        }
        self.todo = self.todo.with(self.again);
        self.again = LaneSet::NONE;
    }

    fn fail(&mut self, config: &Config, now: Tick, dice: u32, lane: Lane, cause: Cause, retry: RetryKind) {
        let failing = &mut self.lanes[lane.index()];
        failing.failures = failing.failures.saturating_add(1);
        failing.cause = Some(cause);
        let (wait, imposed) = match retry {
            RetryKind::Network | RetryKind::Transient { after: None } => (config.backoff.jittered(failing.failures, dice), false),
            RetryKind::Transient { after: Some(after) } => (config.backoff.imposed(after, dice), true),
            RetryKind::Permanent => (config.backoff.rare(dice), false),
        };
        failing.not_before = now.saturating_add(wait);
        failing.imposed = imposed;
        let wanted = self.todo.with(self.again);
        self.again = LaneSet::NONE;
        self.todo = match (lane, cause) {
            // Reading needs a current program and a standing device; sending needs only its key (P9, I-20, I-37).
            (Lane::Contact, Cause::Version | Cause::Revoked) => wanted.without(Lane::Contact).without(Lane::Pull).without(Lane::Download),
            (Lane::Contact, _) => LaneSet::NONE,
            (_, cause) if cause.is_connection_wide() => LaneSet::NONE,
            _ => wanted.without(lane),
        };
    }

    /// The next lane that has its turn, or rest.
    fn go_on(&mut self, config: &Config, now: Tick, last: Lane) -> Effect {
        // Sending and receiving alternate, so that an endless supply of one does not starve the other.
        let order = match last {
            Lane::Push => [Lane::Contact, Lane::Pull, Lane::Push, Lane::Download, Lane::Upload],
            _ => Lane::ALL,
        };
        let due = |lane: &Lane| self.todo.has(*lane) && self.lane(*lane).not_before <= now;
        if let Some(lane) = order.into_iter().find(due) {
            self.phase = Phase::Running(lane);
            return Effect::Run(lane);
        }
        let until = self.rest_until(config, now);
        self.todo = LaneSet::NONE;
        self.wanted = None;
        self.phase = Phase::Resting { until };
        Effect::SleepUntil(until)
    }

    /// When the next run must begin: the regular poll, the first failed lane whose back-off ends, or work that waits by itself;
    /// but never before contact may be tried again.
    fn rest_until(&self, config: &Config, now: Tick) -> Tick {
        let poll = now.saturating_add(config.poll_ms);
        let failed = self.lanes.iter().filter(|lane| lane.cause.is_some()).map(|lane| lane.not_before);
        let first = failed.chain(self.wanted).fold(poll, Tick::min);
        let contact = self.lane(Lane::Contact);
        let open = if contact.cause.is_some() { contact.not_before } else { now };
        first.max(open).clamp(now, now.saturating_add(config.longest_rest_ms()))
    }

    /// `wish`, but not before any of these lanes may be run.
    fn earliest(&self, lanes: &[Lane], wish: Tick) -> Tick {
        lanes.iter().map(|lane| self.lane(*lane).not_before).fold(wish, Tick::max)
    }

    /// Forgets back-offs of our own choice; what the server imposed stays.
    fn forgive(&mut self) {
        for lane in self.lanes.iter_mut().filter(|lane| !lane.imposed) {
            lane.failures = 0;
            lane.not_before = 0;
        }
    }
}
