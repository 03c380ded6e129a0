import { useState } from "preact/hooks";
import type { DeadLetter } from "../../../client/src/index.ts";
import { useClient } from "../hooks/client.ts";
import { useLoad } from "../hooks/load.ts";
import { PAGE, usePages } from "../hooks/pages.ts";
import { go, hrefOf, type Route } from "../hooks/route.ts";
import { useShortcuts } from "../hooks/shortcuts.ts";
import { Act } from "../parts/act.tsx";
import { Empty } from "../parts/empty.tsx";
import { Facts } from "../parts/facts.tsx";
import { Page } from "../parts/page.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { TroubleNote } from "../parts/trouble.tsx";
import { commandHref } from "./commands/columns.tsx";

const COLUMNS: readonly Column<DeadLetter>[] = [
	{ title: "Reason", width: "minmax(12rem, 3fr)", cell: ({ reason }) => reason },
	{
		title: "Source",
		width: "minmax(8rem, 1fr)",
		cell: ({ source }) => `${source.type} ${source.ref}`,
	},
	{
		title: "Redriven",
		width: "6rem",
		spare: true,
		cell: ({ redrivenAs }) => (redrivenAs ? "yes" : ""),
	},
	{ title: "At", width: "10.5rem", end: true, cell: ({ at }) => <Time at={at} /> },
];

export function DeadLettersView() {
	const client = useClient();
	const pages = usePages("dead-letters", () => client.deadLetters.list({ limit: PAGE }));
	return (
		<Page title="Dead letters">
			<p class="faint">
				Messages, timer payloads and reactions that could not be made into a command, with the
				reason.
			</p>
			<Table
				label="Dead letters, newest first"
				pages={pages}
				columns={COLUMNS}
				id={({ id }) => id}
				href={({ id }) => hrefOf(["dead-letters", id])}
				empty={
					<Empty title="No dead letters">
						<p>All that came was understood. What is not shows here for 30 days.</p>
					</Empty>
				}
			/>
		</Page>
	);
}

export function DeadLetterView({ route: { path } }: { readonly route: Route }) {
	const client = useClient();
	const id = path[1] ?? "";
	const { value: letter, error, reload } = useLoad(id, () => client.deadLetters.get(id));
	const [failure, setFailure] = useState<unknown>();
	const up = { label: "Dead letters", href: hrefOf(["dead-letters"]) };
	const redrive = async () => go(commandHref((await client.deadLetters.redrive(id)).id));
	useShortcuts("Dead letter", [
		{ keys: "r", label: "read it again", run: reload },
		{ keys: "d", label: "redrive it", run: () => redrive().catch(setFailure) },
		{ keys: "u", label: "up to the list", run: () => go(up.href) },
	]);
	const actions = letter && (
		<Act act={redrive} done="It is a command now" onError={setFailure} keys="d">
			Redrive
		</Act>
	);
	return (
		<Page title="Dead letter" up={up} actions={actions}>
			<TroubleNote error={failure ?? error} retry={reload} />
			{letter && (
				<div class="scroll">
					<p class="lead">{letter.reason}</p>
					<Facts
						of={[
							["Id", <code key="id">{letter.id}</code>],
							["Source", `${letter.source.type} ${letter.source.ref}`],
							["At", <Time key="at" at={letter.at} ago />],
							[
								"Redriven as",
								letter.redrivenAs && (
									<a href={commandHref(letter.redrivenAs)}>{letter.redrivenAs}</a>
								),
							],
						]}
					/>
					<h2>Text</h2>
					<pre class="json">{letter.text}</pre>
				</div>
			)}
		</Page>
	);
}
