import type { AuditEntry } from "../../../client/src/index.ts";
import { exactText } from "../api/exact.ts";
import { useClient } from "../hooks/client.ts";
import { PAGE, usePages } from "../hooks/pages.ts";
import { Empty } from "../parts/empty.tsx";
import { Page } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

const text = (value: unknown): string =>
	value === undefined || value === null
		? ""
		: typeof value === "string"
			? value
			: exactText(value, "");

const OWN_COLUMNS = new Set(["id", "at", "by", "action", "subject"]);

const COLUMNS: readonly Column<AuditEntry>[] = [
	{ title: "At", width: "10.5rem", cell: ({ at }) => <Time at={at} /> },
	{ title: "Key", width: "minmax(7rem, 1fr)", cell: ({ by }) => by },
	{ title: "Did", width: "minmax(9rem, 1fr)", cell: (entry) => text(entry["action"]) },
	{ title: "What", width: "minmax(9rem, 2fr)", cell: (entry) => text(entry["subject"]) },
	{
		title: "More",
		width: "minmax(8rem, 2fr)",
		spare: true,
		cell: (entry) =>
			Object.entries(entry)
				.filter(([name]) => !OWN_COLUMNS.has(name))
				.map(([name, value]) => `${name} ${text(value)}`)
				.join(" · "),
	},
];

export function AuditView() {
	const client = useClient();
	const pages = usePages("audit", () => client.audit({ limit: PAGE }));
	return (
		<Page title="Audit">
			<p class="faint">Who changed what, newest first.</p>
			<Table
				label="Audit"
				pages={pages}
				columns={COLUMNS}
				id={(entry) => text(entry["id"]) || exactText(entry, "")}
				empty={
					<Empty title="Nothing was changed yet">
						<p>Every change that a key makes shows here.</p>
					</Empty>
				}
			/>
		</Page>
	);
}
