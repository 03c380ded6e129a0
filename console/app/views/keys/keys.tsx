import { useState } from "preact/hooks";
import type { Key } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { PAGE, usePages } from "../../hooks/pages.ts";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { NewKeyDialog } from "./new-key.tsx";

export function KeysView() {
	const client = useClient();
	const pages = usePages("keys", () => client.keys.list({ limit: PAGE }));
	const [creates, setCreates] = useState(false);
	const [removes, setRemoves] = useState<Key>();
	const create = () => setCreates(true);
	useShortcuts("Keys", [{ keys: "n", label: "new key", run: create }]);
	const columns: readonly Column<Key>[] = [
		{ title: "Name", width: "minmax(8rem, 1fr)", cell: ({ name }) => name },
		{ title: "Scopes", width: "minmax(10rem, 3fr)", cell: ({ scopes }) => scopes.join(", ") },
		{
			title: "Products",
			width: "minmax(6rem, 1fr)",
			spare: true,
			cell: ({ products }) => products?.join(", ") ?? "all",
		},
		{
			title: "A second",
			width: "5.5rem",
			spare: true,
			end: true,
			cell: ({ ratePerSecond }) => ratePerSecond ?? "any",
		},
		{
			title: "Expires",
			width: "10.5rem",
			spare: true,
			end: true,
			cell: ({ expiresAt }) => <Time at={expiresAt} />,
		},
		{
			title: "",
			width: "5.5rem",
			end: true,
			cell: (key) => (
				<button
					type="button"
					class="quiet small"
					aria-label={`Delete the key ${key.name}`}
					onClick={() => setRemoves(key)}
				>
					Delete
				</button>
			),
		},
	];
	return (
		<Page
			title="Keys"
			actions={
				<button type="button" class="main" onClick={create}>
					New<kbd aria-hidden="true">n</kbd>
				</button>
			}
		>
			<p class="faint">
				Rotate a key without a lost request: make a new one, use it everywhere, delete the old one.
			</p>
			<Table
				label="Keys"
				pages={pages}
				columns={columns}
				id={({ id }) => id}
				empty={
					<Empty title="No keys yet">
						<p>
							Only the keys of API_KEYS are in use, which may do everything. Give each user a key of
							its own.
						</p>
						<button type="button" class="main" onClick={create}>
							New key
						</button>
					</Empty>
				}
			/>
			{creates && <NewKeyDialog onMade={pages.reload} onClose={() => setCreates(false)} />}
			{removes && (
				<Confirm
					title={`Delete the key ${removes.name}`}
					verb="Delete"
					act={async () => {
						await client.keys.delete(removes.id);
						pages.reload();
					}}
					onClose={() => setRemoves(undefined)}
				>
					Within seconds, whoever uses it is answered with 401.
				</Confirm>
			)}
		</Page>
	);
}
