import { useState } from "preact/hooks";
import type { CommandFilter, Operation, State } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { say } from "../../hooks/say.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { count, plural } from "../../parts/words.ts";
import { filterWords, fixed } from "./filter.ts";

interface BulkProps {
	readonly what: "cancel" | "redrive";
	readonly filter: CommandFilter;
	readonly onDone: () => void;
	readonly onClose: () => void;
}

const KINDS = {
	cancel: {
		title: "Cancel all that match",
		states: ["accepted", "waiting"],
		fit: "Only what is accepted or waiting can be canceled.",
		verb: "Cancel",
	},
	redrive: {
		title: "Redrive all that match",
		states: ["failed", "timed_out", "unknown", "expired", "canceled"],
		fit: "What succeeded is left out; each other one is sent again, as a new command.",
		verb: "Redrive",
	},
} as const;

/** One thing done to all commands of a filter: first how many, then the doing, then what came of it. */
export function BulkDialog({ what, filter, onDone, onClose }: BulkProps) {
	const client = useClient();
	const { title, states, fit, verb } = KINDS[what];
	const wanted = [filter.state ?? states].flat();
	const chosen = states.filter((state) => wanted.includes(state));
	const [meant] = useState(() =>
		fixed({ ...filter, state: chosen as readonly State[] }, Date.now()),
	);
	const act = client.commands[what === "cancel" ? "cancelWhere" : "redriveWhere"];
	const { value: preview, error } = useLoad(what, () =>
		chosen.length > 0 ? act(meant, { dryRun: true }) : Promise.resolve({ matched: 0 }),
	);
	const [operation, setOperation] = useState<Operation>();
	const [busy, setBusy] = useState(false);
	const [failure, setFailure] = useState<unknown>();

	const confirm = async () => {
		setBusy(true);
		setFailure(undefined);
		try {
			const begun = await act(meant);
			setOperation(begun);
			const end = await client.operations.wait(begun.id, { onProgress: setOperation });
			say(`${verb}: ${count(end.done)} done`);
			onDone();
		} catch (thrown) {
			setFailure(thrown);
			setBusy(false);
		}
	};
	const matched = preview?.matched;
	return (
		<Dialog title={title} onClose={onClose}>
			<p>
				Commands: {filterWords({ ...filter, state: chosen })}. <span class="faint">{fit}</span>
			</p>
			{!operation && (
				<p class="big" role="status">
					{matched === undefined
						? error
							? ""
							: "Counting …"
						: `${plural(matched, "command")} match${matched === 1 ? "es" : ""}`}
				</p>
			)}
			{operation && <Progress of={operation} />}
			<TroubleNote error={failure ?? error} />
			<footer>
				{operation?.state === "completed" ? (
					<button type="button" class="main" onClick={onClose}>
						Close
					</button>
				) : (
					<>
						<button type="button" onClick={onClose}>
							{operation ? "Close; it goes on" : "Leave it"}
						</button>
						<button type="button" class="danger" disabled={busy || !matched} onClick={confirm}>
							{verb} {matched ? plural(matched, "command") : ""}
						</button>
					</>
				)}
			</footer>
		</Dialog>
	);
}

function Progress({
	of: { id, state, matched, done, skipped, failed },
}: {
	readonly of: Operation;
}) {
	const treated = done + skipped + failed;
	return (
		<div role="status">
			<p class="big">
				{count(done)} done, {count(skipped)} skipped, {count(failed)} failed
			</p>
			<progress
				max={Math.max(matched, treated, 1)}
				value={state === "completed" ? Math.max(matched, treated, 1) : treated}
			>
				{treated} of {matched}
			</progress>
			<p class="faint">
				{skipped > 0 && "Skipped: their state has changed meanwhile. "}Operation <code>{id}</code>
			</p>
		</div>
	);
}
