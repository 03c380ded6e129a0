import { useState } from "preact/hooks";
import type { Job } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { go, hrefOf, type Route } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Act } from "../../parts/act.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Page } from "../../parts/page.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { JobShown } from "./shown.tsx";

const EVERY_MS = 2_000;

/** What can be done in which state. */
const CAN = {
	approve: ["waiting_for_approval"],
	resume: ["paused"],
	pause: ["resolving", "scheduled", "running", "soaking", "waiting_for_approval"],
	retry: ["completed", "canceled"],
	cancel: ["resolving", "scheduled", "running", "soaking", "waiting_for_approval", "paused"],
} as const;
type Verb = keyof typeof CAN;

const can = (verb: Verb, { state }: Job): boolean =>
	(CAN[verb] as readonly string[]).includes(state);

export function JobView({ route: { path } }: { readonly route: Route }) {
	const client = useClient();
	const id = path[1] ?? "";
	const { value: job, error, reload, set } = useLoad(id, () => client.jobs.get(id), EVERY_MS);
	const [failure, setFailure] = useState<unknown>();
	const [cancels, setCancels] = useState(false);
	const up = { label: "Jobs", href: hrefOf(["jobs"]) };
	const change = (verb: Verb) => async () => set(await client.jobs[verb](id));
	const shortcut = (verb: Verb, keys: string) =>
		job && can(verb, job)
			? [{ keys, label: `${verb} it`, run: () => change(verb)().catch(setFailure) }]
			: [];
	useShortcuts("Job", [
		{ keys: "r", label: "read it again", run: reload },
		{ keys: "u", label: "up to the list", run: () => go(up.href) },
		...shortcut("approve", "a"),
		...shortcut("pause", "p"),
		...shortcut("resume", "s"),
	]);
	const button = (verb: Verb, label: string, done: string, keys?: string, look?: "main") =>
		job &&
		can(verb, job) && (
			<Act
				act={change(verb)}
				done={done}
				onError={setFailure}
				{...(keys ? { keys } : {})}
				{...(look ? { look } : {})}
			>
				{label}
			</Act>
		);
	const actions = job && (
		<>
			{button("approve", "Approve the next wave", "The next wave begins", "a", "main")}
			{button("resume", "Resume", "Resumed", "s", "main")}
			{button("pause", "Pause", "Paused", "p")}
			{button("retry", "Retry what failed", "Sent again to those that failed")}
			{can("cancel", job) && (
				<button type="button" class="danger" onClick={() => setCancels(true)}>
					Cancel …
				</button>
			)}
		</>
	);
	return (
		<Page title={job?.name || "Job"} up={up} actions={actions}>
			<TroubleNote error={failure ?? error} retry={reload} />
			{job && <JobShown job={job} />}
			{cancels && (
				<Confirm
					title="Cancel the job"
					verb="Cancel the job"
					act={change("cancel")}
					onClose={() => setCancels(false)}
				>
					What is not sent yet is not sent any more. It cannot be resumed.
				</Confirm>
			)}
		</Page>
	);
}
