import { useState } from "preact/hooks";
import { useClient } from "../../hooks/client.ts";
import { useLive } from "../../hooks/live.ts";
import { PAGE, usePages } from "../../hooks/pages.ts";
import { hrefOf, type Route, replace } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Page } from "../../parts/page.tsx";
import { Table } from "../../parts/table.tsx";
import { plural } from "../../parts/words.ts";
import { SendDialog } from "../send.tsx";
import { BulkDialog } from "./bulk.tsx";
import { COMMAND_COLUMNS, commandHref } from "./columns.tsx";
import { StateCounts } from "./counts.tsx";
import { filterOf, statesOf } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { merge } from "./merge.ts";
import { NoCommands } from "./no-commands.tsx";

type Open = "cancel" | "redrive" | "send" | undefined;

export function CommandsView({ route: { query } }: { readonly route: Route }) {
	const client = useClient();
	const filter = filterOf(query);
	const key = JSON.stringify(filter);
	const pages = usePages(key, () => client.commands.list({ ...filter, limit: PAGE }));
	const [turn, setTurn] = useState(0);
	const [open, setOpen] = useState<Open>();
	const { state: _state, since: _since, until: _until, ...streamed } = filter;
	const live = useLive(streamed, true, (changed) => {
		pages.change((items) => merge(items, changed, filter).items);
		setTurn((before) => before + 1);
	});
	const change = (more: Readonly<Record<string, string>>) =>
		replace(hrefOf(["commands"], { ...query, ...more }));
	const again = () => {
		pages.reload();
		setTurn((before) => before + 1);
	};
	useShortcuts("Commands", [
		{ keys: "n", label: "send a command", run: () => setOpen("send") },
		{ keys: "c", label: "cancel all that match …", run: () => setOpen("cancel") },
		{ keys: "d", label: "redrive all that match …", run: () => setOpen("redrive") },
	]);
	const actions = (
		<>
			<LiveMark live={live === "live"} />
			<button type="button" onClick={() => setOpen("cancel")}>
				Cancel all …<kbd aria-hidden="true">c</kbd>
			</button>
			<button type="button" onClick={() => setOpen("redrive")}>
				Redrive all …<kbd aria-hidden="true">d</kbd>
			</button>
			<button type="button" class="main" onClick={() => setOpen("send")}>
				Send<kbd aria-hidden="true">n</kbd>
			</button>
		</>
	);
	return (
		<Page title="Commands" actions={actions}>
			<StateCounts
				filter={filter}
				turn={turn}
				chosen={statesOf(query)}
				onChoose={(states) => change({ state: states.join(",") })}
			/>
			<Filters query={query} onChange={change} />
			<Table
				label="Commands, newest first"
				pages={{ ...pages, reload: again }}
				columns={COMMAND_COLUMNS}
				id={({ id }) => id}
				href={({ id }) => commandHref(id)}
				empty={
					<NoCommands
						filter={filter}
						onAll={() => change({ since: "all", state: "" })}
						onSend={() => setOpen("send")}
					/>
				}
			/>
			<p class="foot-line">
				{plural(pages.items.length, "command")} read
				{pages.state === "end" ? "" : "; scroll for more"}
			</p>
			{(open === "cancel" || open === "redrive") && (
				<BulkDialog what={open} filter={filter} onDone={again} onClose={() => setOpen(undefined)} />
			)}
			{open === "send" && <SendDialog onClose={() => setOpen(undefined)} />}
		</Page>
	);
}

function LiveMark({ live }: { readonly live: boolean }) {
	return live ? (
		<span class="live" title="Every change shows by itself">
			Live
		</span>
	) : (
		<span class="live off" title="The API tells no changes; r reads again">
			Not live
		</span>
	);
}
