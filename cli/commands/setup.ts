import type { Command } from "commander";
import type { Session } from "../session.ts";
export function register(_command: Command, _session: Session): void {}
