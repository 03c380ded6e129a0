import { useState } from "preact/hooks";
import type { Reaction } from "../../../../client/src/index.ts";
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
import { EXAMPLE, whenText } from "./samples.ts";

const COLUMNS: readonly Column<Reaction>[] = [
	{ title: "Name", width: "minmax(8rem, 2fr)", cell: ({ name, id }) => name || id },
	{
		title: "Status",
		width: "6.5rem",
		cell: (reaction) => (
			<State
				of={"error" in reaction ? "failed" : reaction.enabled ? "enabled" : "disabled"}
				label={"error" in reaction ? "broken" : reaction.enabled ? "on" : "off"}
			/>
		),
	},
	{ title: "When", width: "minmax(9rem, 2fr)", cell: whenText },
	{
		title: "Condition",
		width: "minmax(8rem, 3fr)",
		spare: true,
		cell: ({ when }) => <code>{when.condition}</code>,
	},
	{
		title: "Changed",
		width: "10.5rem",
		spare: true,
		end: true,
		cell: ({ updatedAt }) => <Time at={updatedAt} />,
	},
];

export function ReactionsView() {
	const client = useClient();
	const pages = usePages("reactions", () => client.reactions.list({ limit: PAGE }));
	const [creates, setCreates] = useState(false);
	const create = () => setCreates(true);
	useShortcuts("Reactions", [{ keys: "n", label: "new reaction", run: create }]);
	const save = async (text: string) => {
		const { id } = await client.reactions.create(text);
		go(hrefOf(["reactions", id]));
	};
	const button = (label: string, keys?: string) => (
		<button type="button" class="main" onClick={create}>
			{label}
			{keys && <kbd aria-hidden="true">{keys}</kbd>}
		</button>
	);
	return (
		<Page title="Reactions" actions={button("New", "n")}>
			<Table
				label="Reactions"
				pages={pages}
				columns={COLUMNS}
				id={({ id }) => id}
				href={({ id }) => hrefOf(["reactions", id])}
				empty={
					<Empty title="No reaction yet">
						<p>
							A reaction sends a command because of an event: a property crosses a threshold, a
							device comes online.
						</p>
						{button("New reaction")}
					</Empty>
				}
			/>
			{creates && (
				<Editor
					title="New reaction"
					text={EXAMPLE}
					verb="Create"
					save={save}
					onClose={() => setCreates(false)}
				/>
			)}
		</Page>
	);
}
