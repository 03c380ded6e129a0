import { useState } from "preact/hooks";
import type { TimelineEntry } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { PAGE, usePages } from "../../hooks/pages.ts";
import { go, hrefOf, type Route, replace } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { words } from "../../parts/words.ts";
import { commandHref } from "../commands/columns.tsx";
import { AGES } from "../commands/filter.ts";
import { SendDialog } from "../send.tsx";
import { commandIdOf, detailOf, stateOf } from "./entry.ts";

const COLUMNS: readonly Column<TimelineEntry>[] = [
	{ title: "What", width: "8rem", cell: ({ type }) => words(type) },
	{
		title: "State",
		width: "8.5rem",
		cell: (entry) => {
			const state = stateOf(entry);
			return state ? <State of={state} /> : "";
		},
	},
	{ title: "Detail", width: "minmax(10rem, 3fr)", cell: detailOf },
	{ title: "At", width: "10.5rem", end: true, cell: ({ at }) => <Time at={at} /> },
];

export function DeviceView({ route: { path, query } }: { readonly route: Route }) {
	const client = useClient();
	const [, productKey = "", deviceName = ""] = path;
	const name = { productKey, deviceName };
	const since = query["since"] ?? "1d";
	const { value: device, error } = useLoad(path.join("/"), () => client.devices.get(name));
	const pages = usePages(`${path.join("/")} ${since}`, () =>
		client.devices.timeline(name, { limit: PAGE, ...(since === "all" ? {} : { since }) }),
	);
	const [sends, setSends] = useState(false);
	const up = { label: "Devices", href: hrefOf(["devices"]) };
	useShortcuts("Device", [
		{ keys: "n", label: "send it a command", run: () => setSends(true) },
		{ keys: "u", label: "up to the list", run: () => go(up.href) },
	]);
	const actions = (
		<>
			<a class="button" href={hrefOf(["commands"], { ...name, since: "all" })}>
				Its commands
			</a>
			<button type="button" class="main" onClick={() => setSends(true)}>
				Send<kbd aria-hidden="true">n</kbd>
			</button>
		</>
	);
	return (
		<Page title={deviceName} up={up} actions={actions}>
			<TroubleNote error={error} />
			{device && (
				<Facts
					of={[
						["Product", device.productKey],
						["Status", device.status && <State of={device.status} />],
						["Last seen", <Time key="seen" at={device["lastSeen"] as string | undefined} ago />],
						["IotId", device.iotId && <code>{device.iotId}</code>],
						[
							"Tags",
							Object.entries(device.tags ?? {})
								.map(([tag, value]) => `${tag}=${value}`)
								.join("  "),
						],
						["Groups", device.groups?.join(", ")],
					]}
				/>
			)}
			<div class="filters">
				<label>
					Timeline
					<select
						value={since}
						onChange={({ currentTarget }) => replace(hrefOf(path, { since: currentTarget.value }))}
					>
						{AGES.map(([age, label]) => (
							<option key={age} value={age}>
								{label}
							</option>
						))}
					</select>
				</label>
			</div>
			<Table
				label={`What happened to ${deviceName}, newest first`}
				pages={pages}
				columns={COLUMNS}
				id={(entry) =>
					`${entry.at} ${entry.type} ${commandIdOf(entry) ?? ""} ${stateOf(entry) ?? ""}`
				}
				href={(entry) => {
					const id = commandIdOf(entry);
					return id ? commandHref(id) : hrefOf(path, query);
				}}
				empty={
					<Empty title="Nothing happened in this time">
						<p>Choose a longer one, or send it a command (n).</p>
					</Empty>
				}
			/>
			{sends && <SendDialog device={name} onClose={() => setSends(false)} />}
		</Page>
	);
}
