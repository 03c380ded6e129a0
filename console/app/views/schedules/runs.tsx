import { fromNow } from "../../../../cli/output/time.ts";
import type { RunRecord, Schedule } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { useNow } from "../../hooks/now.ts";
import { State } from "../../parts/state.tsx";
import { Time } from "../../parts/time.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { commandHref } from "../commands/columns.tsx";

const SHOWN = 10;

/** When it fires next, as the clocks of its zone show it, and what shaped each run. */
export function NextRuns({ schedule: { id, version, status } }: { readonly schedule: Schedule }) {
	const client = useClient();
	const now = useNow();
	const { value, error } = useLoad(
		`${id} ${version}`,
		() => client.schedules.preview(id, { count: SHOWN }),
		15_000,
	);
	if (!value)
		return error === undefined ? <p class="faint">Reading …</p> : <TroubleNote error={error} />;
	if (value.runs.length === 0)
		return <p class="faint">None: it {status === "ended" ? "has ended" : "has no run to come"}.</p>;
	return (
		<>
			{status === "paused" && <p class="faint">As if it were resumed now.</p>}
			<table class="plain">
				<thead>
					<tr>
						<th scope="col">In its zone</th>
						<th scope="col">Due</th>
						<th scope="col">Shaped by</th>
					</tr>
				</thead>
				<tbody>
					{value.runs.map(({ at, local, dueAt, shapedBy }) => (
						<tr key={at}>
							<td>{local.replace("T", " ")}</td>
							<td title={dueAt}>{fromNow(dueAt, now)}</td>
							<td>{shapedBy.join(", ")}</td>
						</tr>
					))}
				</tbody>
			</table>
			{value.leftOut.length > 0 && (
				<p class="faint">
					Left out: {value.leftOut.map(({ local, because }) => `${local} (${because})`).join(", ")}
				</p>
			)}
		</>
	);
}

export function LastRuns({ of }: { readonly of: readonly RunRecord[] }) {
	if (of.length === 0) return <p class="faint">None yet.</p>;
	return (
		<table class="plain">
			<thead>
				<tr>
					<th scope="col">At</th>
					<th scope="col">Outcome</th>
					<th scope="col">Commands</th>
				</tr>
			</thead>
			<tbody>
				{[...of].reverse().map(({ at, outcome, commands = [] }) => (
					<tr key={`${at} ${outcome}`}>
						<td>
							<Time at={at} />
						</td>
						<td>
							<State of={outcome} />
						</td>
						<td>
							{commands.slice(0, 3).map((id, index) => (
								<a key={id} href={commandHref(id)}>
									{index === 0 ? "its command" : `, ${index + 1}`}
								</a>
							))}
							{commands.length > 3 && ` and ${commands.length - 3} more`}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
