import { useState } from "preact/hooks";
import type { Job } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { PAGE, usePages } from "../../hooks/pages.ts";
import { go, hrefOf } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { count } from "../../parts/words.ts";
import { CountsBar } from "./counts-bar.tsx";
import { NewJob } from "./new-job.tsx";

const COLUMNS: readonly Column<Job>[] = [
	{ title: "Name", width: "minmax(8rem, 2fr)", cell: ({ name, id }) => name || id },
	{ title: "State", width: "12rem", cell: ({ state }) => <State of={state} /> },
	{
		title: "Devices",
		width: "5.5rem",
		end: true,
		cell: ({ targets }) => (targets === undefined ? "" : count(targets)),
	},
	{
		title: "Outcome",
		width: "minmax(8rem, 2fr)",
		spare: true,
		cell: ({ counts, targets }) => <CountsBar counts={counts} total={targets} />,
	},
	{ title: "Reason", width: "minmax(6rem, 2fr)", spare: true, cell: ({ reason }) => reason },
	{
		title: "Created",
		width: "10.5rem",
		end: true,
		cell: ({ createdAt }) => <Time at={createdAt} />,
	},
];

export function JobsView() {
	const client = useClient();
	const pages = usePages("jobs", () => client.jobs.list({ limit: PAGE }));
	const [creates, setCreates] = useState(false);
	const create = () => setCreates(true);
	useShortcuts("Jobs", [{ keys: "n", label: "new job", run: create }]);
	return (
		<Page
			title="Jobs"
			actions={
				<button type="button" class="main" onClick={create}>
					New<kbd aria-hidden="true">n</kbd>
				</button>
			}
		>
			<Table
				label="Jobs, newest first"
				pages={pages}
				columns={COLUMNS}
				id={({ id }) => id}
				href={({ id }) => hrefOf(["jobs", id])}
				empty={
					<Empty title="No job yet">
						<p>
							A job sends one command to many devices, in waves, and stops by itself when too many
							fail.
						</p>
						<button type="button" class="main" onClick={create}>
							New job
						</button>
					</Empty>
				}
			/>
			{creates && (
				<NewJob onMade={(id) => go(hrefOf(["jobs", id]))} onClose={() => setCreates(false)} />
			)}
		</Page>
	);
}
