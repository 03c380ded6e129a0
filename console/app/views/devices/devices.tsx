import { useEffect, useRef, useState } from "preact/hooks";
import type { Device, DeviceSync } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { useLoad } from "../../hooks/load.ts";
import { PAGE, usePages } from "../../hooks/pages.ts";
import { hrefOf, type Route, replace } from "../../hooks/route.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Act } from "../../parts/act.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";
import { plural } from "../../parts/words.ts";

const COLUMNS: readonly Column<Device>[] = [
	{ title: "Device", width: "minmax(9rem, 2fr)", cell: ({ deviceName }) => deviceName },
	{ title: "Product", width: "minmax(7rem, 1fr)", cell: ({ productKey }) => productKey },
	{ title: "Status", width: "7rem", cell: ({ status }) => (status ? <State of={status} /> : "") },
	{
		title: "Tags",
		width: "minmax(8rem, 2fr)",
		spare: true,
		cell: ({ tags = {} }) =>
			Object.entries(tags)
				.map(([name, value]) => `${name}=${value}`)
				.join("  "),
	},
	{
		title: "Groups",
		width: "minmax(6rem, 1fr)",
		spare: true,
		cell: ({ groups = [] }) => groups.join(", "),
	},
	{
		title: "Last seen",
		width: "10.5rem",
		end: true,
		spare: true,
		cell: (device) => <Time at={device["lastSeen"] as string | undefined} />,
	},
];

const SYNC_EVERY_MS = 2_000;

/** How far the sync is that is under way. */
const syncLine = ({ read, devices, step }: DeviceSync): string =>
	`Reading the platform's lists: ${devices === undefined ? read : `${read} of ${devices}`} devices${step === "devices" ? "" : `, ${step}`}`;

const deviceHref = ({
	productKey,
	deviceName,
}: Pick<Device, "productKey" | "deviceName">): string =>
	hrefOf(["devices", productKey, deviceName]);

export function DevicesView({ route }: { readonly route: Route }) {
	const client = useClient();
	const query = route.query["query"] ?? "";
	const pages = usePages(query, () =>
		client.devices.list(query ? { query, limit: PAGE } : { limit: PAGE }),
	);
	const [text, setText] = useState(query);
	const [failure, setFailure] = useState<unknown>();
	const field = useRef<HTMLInputElement>(null);
	useShortcuts("Devices", [
		{ keys: "/", label: "to the query", run: () => field.current?.focus() },
	]);
	const synced = useLoad("sync", () => client.devices.synced(), SYNC_EVERY_MS);
	const isRunning = synced.value?.state === "running";
	const wasRunning = useRef(false);
	useEffect(() => {
		if (wasRunning.current && !isRunning) pages.reload();
		wasRunning.current = isRunning;
	}, [isRunning, pages.reload]);
	const sync = async () => synced.set(await client.devices.sync());
	const actions = (
		<Act act={sync} done="The platform's list is being read" onError={setFailure}>
			Sync with the platform
		</Act>
	);
	return (
		<Page title="Devices" actions={actions}>
			<search>
				<form
					class="filters"
					onSubmit={(event) => {
						event.preventDefault();
						replace(hrefOf(["devices"], { query: text.trim() }));
					}}
				>
					<label class="wide">
						Query
						<input
							ref={field}
							type="text"
							spellcheck={false}
							placeholder="productKey = 'a1…' and tags.floor = '3' and online"
							value={text}
							onInput={({ currentTarget }) => setText(currentTarget.value)}
						/>
					</label>
					<button type="submit">Find</button>
				</form>
			</search>
			<TroubleNote error={failure} />
			{synced.value && isRunning && <p role="status">{syncLine(synced.value)}</p>}
			<Table
				label="Devices"
				pages={pages}
				columns={COLUMNS}
				id={({ productKey, deviceName }) => `${productKey}/${deviceName}`}
				href={deviceHref}
				empty={
					<Empty title={query ? "No device matches" : "No device is known yet"}>
						<p>
							{query
								? "Check the query, or clear it to see all devices."
								: "Sync reads the devices of the platform; devices that report are added by themselves."}
						</p>
					</Empty>
				}
			/>
			<p class="foot-line">
				{plural(pages.items.length, "device")} read
				{pages.state === "end" ? "" : "; scroll for more"}
			</p>
		</Page>
	);
}
