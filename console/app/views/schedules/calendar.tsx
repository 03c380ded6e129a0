import { useState } from "preact/hooks";
import type { Client, Schedule } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { hrefOf } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { daysFrom, type PlannedRun, type Week, weekOf } from "./week.ts";
import { nameOf, whenText } from "./when.ts";

/** As many as one preview gives. */
const RUNS = 100;
/** As many as can be looked through by a person. */
const MAX_SCHEDULES = 200;
const AT_ONCE = 6;

interface Plan {
	readonly runs: readonly PlannedRun[];
	/** They run so often that a preview does not reach the end of the week. */
	readonly often: readonly Schedule[];
	readonly left: number;
}

export function CalendarView() {
	const client = useClient();
	const [weeks, setWeeks] = useState(0);
	const [now] = useState(Date.now);
	const days = daysFrom(now, weeks);
	const end = (days.at(-1)?.getTime() ?? now) + 86_400_000;
	const { value: plan, error, reload } = useLoad(`${end}`, () => planUntil(client, end));
	const later = () => setWeeks((before) => before + 1);
	const earlier = () => setWeeks((before) => Math.max(0, before - 1));
	useShortcuts("Calendar", [
		{ keys: "]", label: "a week later", run: later },
		{ keys: "[", label: "a week earlier", run: earlier },
		{ keys: "r", label: "read it again", run: reload },
	]);
	const actions = (
		<>
			<button type="button" disabled={weeks === 0} onClick={earlier}>
				Earlier<kbd aria-hidden="true">[</kbd>
			</button>
			<button type="button" onClick={later}>
				Later<kbd aria-hidden="true">]</kbd>
			</button>
		</>
	);
	return (
		<Page title="Calendar" actions={actions}>
			<TroubleNote error={error} retry={reload} />
			{!plan && error === undefined && <p class="faint">Reading the schedules …</p>}
			{plan && <Shown plan={plan} week={weekOf(plan.runs, days)} />}
		</Page>
	);
}

function Shown({ plan: { often, left }, week }: { readonly plan: Plan; readonly week: Week }) {
	return (
		<div class="scroll">
			{often.length > 0 && (
				<p>
					Often:{" "}
					{often.map((schedule, index) => (
						<span key={schedule.id}>
							{index > 0 && ", "}
							<a href={hrefOf(["schedules", schedule.id])}>{nameOf(schedule)}</a> (
							{whenText(schedule)})
						</span>
					))}
				</p>
			)}
			{left > 0 && <p class="faint">{left} more schedules are not shown.</p>}
			{week.hours.length === 0 ? (
				<Empty title="Nothing runs in this week">
					<p>
						<a href={hrefOf(["schedules"])}>The schedules</a> say what runs when.
					</p>
				</Empty>
			) : (
				<table class="week">
					<caption>Runs by day and hour, in the clock of this machine</caption>
					<thead>
						<tr>
							<td />
							{week.days.map((day) => (
								<th key={day.getTime()} scope="col">
									{day.toLocaleDateString(undefined, {
										weekday: "short",
										day: "numeric",
										month: "short",
									})}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{week.hours.map(({ hour, days }) => (
							<tr key={hour}>
								<th scope="row">{String(hour).padStart(2, "0")}:00</th>
								{days.map((cells, day) => (
									<td key={week.days[day]?.getTime()}>
										{cells.map(({ schedule, name, dueAt, times }) => (
											<a key={schedule} href={hrefOf(["schedules", schedule])}>
												<span class="minute">{clockOf(dueAt)}</span> {name}
												{times > 1 && <span class="faint"> × {times}</span>}
											</a>
										))}
									</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			)}
		</div>
	);
}

const clockOf = (iso: string): string => new Date(iso).toTimeString().slice(0, 5);

async function planUntil(client: Client, end: number): Promise<Plan> {
	const active: Schedule[] = [];
	let left = 0;
	for await (const schedule of client.schedules.list({ limit: RUNS })) {
		const { status, nextRunAt } = schedule;
		if (status !== "active" || !nextRunAt || Date.parse(nextRunAt) >= end) continue;
		if (active.length < MAX_SCHEDULES) active.push(schedule);
		else left++;
	}
	const runs: PlannedRun[] = [];
	const often: Schedule[] = [];
	for (let from = 0; from < active.length; from += AT_ONCE) {
		const some = active.slice(from, from + AT_ONCE);
		const previews = await Promise.all(
			some.map(({ id }) => client.schedules.preview(id, { count: RUNS })),
		);
		for (const [index, preview] of previews.entries()) {
			const schedule = some[index];
			if (!schedule) continue;
			const last = preview.runs.at(-1);
			if (preview.runs.length === RUNS && last && Date.parse(last.dueAt) < end)
				often.push(schedule);
			else
				runs.push(
					...preview.runs.map(({ dueAt }) => ({
						dueAt,
						schedule: schedule.id,
						name: nameOf(schedule),
					})),
				);
		}
	}
	return { runs, often, left };
}
