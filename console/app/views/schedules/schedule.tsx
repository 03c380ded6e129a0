import { useState } from "preact/hooks";
import type { Schedule } from "../../../../client/src/index.ts";
import { exactText } from "../../api/exact.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { go, hrefOf, type Route } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Act } from "../../parts/act.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Editor } from "../../parts/editor.tsx";
import { Facts, Json } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { Time } from "../../parts/time.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { LastRuns, NextRuns } from "./runs.tsx";
import { definitionOf, nameOf, whenText } from "./when.ts";

type Open = "edit" | "delete" | undefined;

export function ScheduleView({ route: { path } }: { readonly route: Route }) {
	const client = useClient();
	const id = path[1] ?? "";
	const {
		value: schedule,
		error,
		reload,
		set,
	} = useLoad(id, () => client.schedules.get(id), 15_000);
	const [failure, setFailure] = useState<unknown>();
	const [open, setOpen] = useState<Open>();
	const up = { label: "Schedules", href: hrefOf(["schedules"]) };
	useShortcuts("Schedule", [
		{ keys: "r", label: "read it again", run: reload },
		{ keys: "e", label: "edit it", run: () => setOpen("edit") },
		{ keys: "u", label: "up to the list", run: () => go(up.href) },
	]);
	const change = (verb: "pause" | "resume" | "skip") => async () =>
		set(await client.schedules[verb](id));
	const actions = schedule && (
		<>
			{schedule.status === "active" && (
				<>
					<Act act={change("skip")} done="The next run is left out" onError={setFailure}>
						Skip the next run
					</Act>
					<Act act={change("pause")} done="Paused" onError={setFailure}>
						Pause
					</Act>
				</>
			)}
			{schedule.status === "paused" && (
				<Act act={change("resume")} done="Resumed" onError={setFailure} look="main">
					Resume
				</Act>
			)}
			<button type="button" onClick={() => setOpen("edit")}>
				Edit<kbd aria-hidden="true">e</kbd>
			</button>
			<button type="button" class="danger" onClick={() => setOpen("delete")}>
				Delete …
			</button>
		</>
	);
	const save = async (text: string) => {
		set(await client.schedules.replace(id, text, { version: schedule?.version }));
	};
	const remove = async () => {
		await client.schedules.delete(id);
		go(up.href);
	};
	return (
		<Page title={schedule ? nameOf(schedule) : "Schedule"} up={up} actions={actions}>
			<TroubleNote error={failure ?? error} retry={reload} />
			{schedule && <Shown schedule={schedule} />}
			{open === "edit" && schedule && (
				<Editor
					title="Edit the schedule"
					text={exactText(definitionOf(schedule), "  ")}
					verb="Save"
					save={save}
					onClose={() => setOpen(undefined)}
				/>
			)}
			{open === "delete" && (
				<Confirm
					title="Delete the schedule"
					verb="Delete"
					act={remove}
					onClose={() => setOpen(undefined)}
				>
					It sends nothing more. Commands that it has made stay.
				</Confirm>
			)}
		</Page>
	);
}

function Shown({ schedule }: { readonly schedule: Schedule }) {
	const { id, status, nextRunAt, runs, overlap, jitterSeconds, skipped, command } = schedule;
	return (
		<div class="scroll">
			<p class="lead">
				<State of={status} />
				<span>{whenText(schedule)}</span>
			</p>
			<div class="columns">
				<section>
					<h2>Next runs</h2>
					<NextRuns schedule={schedule} />
					<h2>Last runs</h2>
					<LastRuns of={schedule.lastRuns} />
				</section>
				<section>
					<h2>Schedule</h2>
					<Facts
						of={[
							["Id", <code key="id">{id}</code>],
							["Next run", <Time key="next" at={nextRunAt} ago />],
							["Runs so far", runs],
							["Overlap", overlap],
							["Jitter", jitterSeconds ? `${jitterSeconds} s` : undefined],
							["Skipped", skipped.length > 0 ? skipped.join(", ") : undefined],
							[
								"Commands",
								<a key="commands" href={hrefOf(["commands"], { schedule: id, since: "all" })}>
									all that it made
								</a>,
							],
						]}
					/>
					<h2>Command</h2>
					<Json label="Command" value={command} />
				</section>
			</div>
		</div>
	);
}
