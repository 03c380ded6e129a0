import { useState } from "preact/hooks";
import type { Schedule } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { PAGE, usePages } from "../../hooks/pages.ts";
import { go, hrefOf } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Editor } from "../../parts/editor.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { EXAMPLE, nameOf, whenText } from "./when.ts";

const COLUMNS: readonly Column<Schedule>[] = [
	{ title: "Name", width: "minmax(8rem, 2fr)", cell: nameOf },
	{ title: "Status", width: "6.5rem", cell: ({ status }) => <State of={status} /> },
	{ title: "When", width: "minmax(10rem, 2fr)", cell: whenText },
	{
		title: "Service",
		width: "minmax(5rem, 1fr)",
		spare: true,
		cell: ({ command }) => command.service,
	},
	{ title: "Runs", width: "4rem", spare: true, end: true, cell: ({ runs }) => runs },
	{
		title: "Next run",
		width: "16rem",
		end: true,
		cell: ({ nextRunAt }) => <Time at={nextRunAt} ago />,
	},
];

export function SchedulesView() {
	const client = useClient();
	const pages = usePages("schedules", () => client.schedules.list({ limit: PAGE }));
	const [creates, setCreates] = useState(false);
	useShortcuts("Schedules", [{ keys: "n", label: "new schedule", run: () => setCreates(true) }]);
	const actions = (
		<>
			<a class="button" href={hrefOf(["calendar"])}>
				Calendar of the week
			</a>
			<button type="button" class="main" onClick={() => setCreates(true)}>
				New<kbd aria-hidden="true">n</kbd>
			</button>
		</>
	);
	const save = async (text: string) => {
		const { id } = await client.schedules.create(text);
		go(hrefOf(["schedules", id]));
	};
	return (
		<Page title="Schedules" actions={actions}>
			<Table
				label="Schedules"
				pages={pages}
				columns={COLUMNS}
				id={({ id }) => id}
				href={({ id }) => hrefOf(["schedules", id])}
				empty={
					<Empty title="No schedule yet">
						<p>
							A schedule sends a command at its time: once, by a cron expression, or at an interval.
						</p>
						<button type="button" class="main" onClick={() => setCreates(true)}>
							New schedule
						</button>
					</Empty>
				}
			/>
			{creates && (
				<Editor
					title="New schedule"
					text={EXAMPLE}
					verb="Create"
					save={save}
					onClose={() => setCreates(false)}
				/>
			)}
		</Page>
	);
}
