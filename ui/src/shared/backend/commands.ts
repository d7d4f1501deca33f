/**
 * The field app's commands with their requests and responses. The list is generated from the registry of
 * `crates/davy-app`: a command that is not in it cannot be called.
 */
import type { Commands } from '../generated/commands';

export type { Commands };
export type {
  AppEvent,
  AttachPhoto as PhotoMetadata,
  Commented,
  EditFinding as FindingEdit,
  FindingChanged,
} from '../generated/app';

export type CommandName = keyof Commands;
export type RequestOf<C extends CommandName> = Commands[C]['request'];
export type ResponseOf<C extends CommandName> = Commands[C]['response'];
