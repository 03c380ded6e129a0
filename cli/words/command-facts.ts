import type { Attempt, Command } from "../../client/src/index.ts";
import { exactText } from "../output/exact.ts";
import type { Show } from "../output/show.ts";
import type { Column } from "../output/table.ts";
import { localTime } from "../output/time.ts";
import { attemptText } from "./attempt.ts";
import { detailOf } from "./command-columns.ts";
import { deviceText } from "./device.ts";

const ATTEMPT_COLUMNS: readonly Column<Attempt>[] = [
	{ title: "ATTEMPT", value: ({ at }) => localTime(at) },
	{ title: "RESULT", value: attemptText },
];

/** One command for people: what it is, what became of it, its attempts. */
export function commandFacts(show: Show, command: Command): readonly string[] {
	const { id, state, device, service, args, source, attempts, attemptsOmitted } = command;
	const lines = show.facts([
		["id", id],
		["state", state],
		["detail", detailOf(command)],
		["device", deviceText(device)],
		["service", service],
		["args", typeof args === "string" ? args : exactText(args)],
		["result", "result" in command ? command.result : undefined],
		["source", [source.type, source.ref, source.by && `by ${source.by}`].filter(Boolean).join(" ")],
		["lane", command.lane],
		["created", localTime(command.createdAt)],
		["updated", localTime(command.updatedAt)],
		["expires", localTime(command.expiresAt)],
		["message id", command.messageId],
		["left out", attemptsOmitted && `${attemptsOmitted} attempts after the first 10`],
	]);
	return attempts.length === 0 ? lines : [...lines, "", ...show.table(attempts, ATTEMPT_COLUMNS)];
}
