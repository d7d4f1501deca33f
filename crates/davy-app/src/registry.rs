//! Every command, listed once: the window, the bridge, the terminal and the TypeScript client are fed from here.

use crate::command::{self, *};
use crate::session::Session;
use crate::view::{AppStatus, FinishView, PhotoAttached, RecordDelivery, SiteCard, SiteView, SyncStatus, TodayView};
use crate::{AppError, Reason};
use davy_core::view::{FindingView, InspectionChange, InspectionView, PersonName};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ts_rs::{Config, TS};

/// A command's name with the TypeScript names of its request and answer.
pub struct Signature {
    /// Name, as in `call("today", {})`.
    pub name: &'static str,
    /// TypeScript of the request.
    pub request: String,
    /// TypeScript of the answer.
    pub response: String,
}

/// Writes the types that a list or an optional value holds: it has no file of its own.
struct Held<'a> {
    config: &'a Config,
    written: Result<(), ts_rs::ExportError>,
}

impl ts_rs::TypeVisitor for Held<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if self.written.is_ok() && T::output_path().is_some() {
            self.written = T::export_all(self.config);
        }
    }
}

/// Writes a type with all that it names.
fn export<T: TS + 'static>(config: &Config) -> Result<(), ts_rs::ExportError> {
    if T::output_path().is_some() {
        return T::export_all(config);
    }
    let mut held = Held { config, written: Ok(()) };
    T::visit_generics(&mut held);
    held.written
}

macro_rules! commands {
    (
        life { $($life:ident: $life_request:ty => $life_response:ty;)* }
        open { $($name:ident: $run:path, $request:ty => $response:ty;)* }
    ) => {
        /// Runs a command that needs an open vault; `None` if there is no such command.
        pub(crate) fn run(session: &Session, name: &str, request: Value) -> Option<Result<Value, AppError>> {
            match name {
                $(stringify!($name) => Some(call::<$request, $response>(session, request, $run)),)*
                _ => None,
            }
        }

        /// All commands for the TypeScript client.
        #[must_use]
        pub fn signatures(config: &Config) -> Vec<Signature> {
            vec![
                $(Signature { name: stringify!($life), request: <$life_request>::name(config), response: <$life_response>::name(config) },)*
                $(Signature { name: stringify!($name), request: <$request>::name(config), response: <$response>::name(config) },)*
            ]
        }

        /// Writes the types of all requests and answers.
        ///
        /// # Errors
        /// A file cannot be written.
        pub fn export_types(config: &Config) -> Result<(), ts_rs::ExportError> {
            $(export::<$life_request>(config)?; export::<$life_response>(config)?;)*
            $(export::<$request>(config)?; export::<$response>(config)?;)*
            AttachPhoto::export_all(config)?;
            PhotoAttached::export_all(config)?;
            crate::view::AppEvent::export_all(config)
        }
    };
}

use crate::app::{CheckCode, Enrol, Unlock};
use crate::command::attach_photo::AttachPhoto;

commands! {
    life {
        app_status: command::None => AppStatus;
        check_code: CheckCode => ();
        enrol: Enrol => AppStatus;
        unlock: Unlock => AppStatus;
        unlock_with_keychain: command::None => AppStatus;
        lock: command::None => AppStatus;
        sync_status: command::None => SyncStatus;
        sync_now: command::None => SyncStatus;
        network_changed: command::None => SyncStatus;
    }
    open {
        today: today::run, command::None => TodayView;
        list_sites: list_sites::run, list_sites::ListSites => Vec<SiteCard>;
        site_page: site_page::run, site_page::SitePage => SiteView;
        list_colleagues: list_colleagues::run, command::None => Vec<PersonName>;
        start_inspection: start_inspection::run, start_inspection::StartInspection => InspectionView;
        open_inspection: open_inspection::run, open_inspection::OpenInspection => InspectionView;
        record_answer: record_answer::run, record_answer::RecordAnswer => InspectionChange;
        pass_section: pass_section::run, pass_section::PassSection => InspectionChange;
        compare_last: compare_last::run, compare_last::CompareLast => Option<compare_last::LastInspection>;
        set_note: set_note::run, set_note::SetNote => InspectionChange;
        resolve_answer: resolve_answer::run, resolve_answer::ResolveAnswer => InspectionChange;
        add_instance: add_instance::run, add_instance::AddInstance => InspectionChange;
        retract_instance: retract_instance::run, retract_instance::RetractInstance => InspectionChange;
        adopt_photo: adopt_photo::run, adopt_photo::AdoptPhoto => PhotoAttached;
        discard_recovered_photo: discard_recovered_photo::run, discard_recovered_photo::DiscardRecoveredPhoto => TodayView;
        caption_evidence: caption_evidence::run, caption_evidence::CaptionEvidence => PhotoAttached;
        annotate_evidence: annotate_evidence::run, annotate_evidence::AnnotateEvidence => PhotoAttached;
        retract_evidence: retract_evidence::run, retract_evidence::RetractEvidence => PhotoAttached;
        raise_finding: raise_finding::run, raise_finding::RaiseFinding => FindingChanged;
        edit_finding: edit_finding::run, edit_finding::EditFinding => FindingChanged;
        retract_finding: retract_finding::run, retract_finding::RetractFinding => FindingChanged;
        comment: comment::run, comment::Comment => comment::Commented;
        list_findings: list_findings::run, list_findings::ListFindings => Vec<FindingView>;
        finding_page: finding_page::run, finding_page::FindingPage => FindingView;
        sign: sign::run, sign::Sign => InspectionChange;
        refuse_signature: refuse_signature::run, refuse_signature::RefuseSignature => InspectionChange;
        finish_view: finish_view::run, finish_view::Finish => FinishView;
        submit_inspection: submit_inspection::run, submit_inspection::SubmitInspection => InspectionView;
        save_place: place::save, place::SavePlace => ();
        load_place: place::load, command::None => Option<String>;
        find_clause: find_clause::run, find_clause::FindClause => Vec<find_clause::ClauseHit>;
        list_deliveries: list_deliveries::run, command::None => Vec<RecordDelivery>;
    }
}

fn call<Q: DeserializeOwned, R: Serialize>(
    session: &Session,
    request: Value,
    run: impl FnOnce(&Session, Q) -> Result<R, AppError>,
) -> Result<Value, AppError> {
    let answer = run(session, parse(request)?)?;
    serde_json::to_value(answer).map_err(|error| AppError::new("internal", error.to_string()))
}

/// Reads a request.
pub(crate) fn parse<Q: DeserializeOwned>(request: Value) -> Result<Q, AppError> {
    serde_json::from_value(request).map_err(|error| AppError::invalid("request", Reason::Request(error.to_string())))
}
