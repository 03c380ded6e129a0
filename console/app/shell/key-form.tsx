import { useState } from "preact/hooks";
import { clientWith } from "../api/session.ts";
import { TroubleNote } from "../parts/trouble.tsx";

/** Asks for a key of the API, and tries it before it is kept. */
export function KeyForm({ onKey }: { readonly onKey: (key: string) => void }) {
	const [key, setKey] = useState("");
	const [error, setError] = useState<unknown>();
	const [busy, setBusy] = useState(false);
	const submit = (event: Event) => {
		event.preventDefault();
		const given = key.trim();
		setBusy(true);
		clientWith(given)
			.quota()
			// Whatever it may not do is told where it tries.
			.catch((thrown) => (thrown.status === 403 ? undefined : Promise.reject(thrown)))
			.then(() => onKey(given), setError)
			.finally(() => setBusy(false));
	};
	return (
		<main class="ask">
			<form onSubmit={submit}>
				<h1>thingcast</h1>
				<label for="key">Key of the API</label>
				<input
					id="key"
					type="password"
					autocomplete="off"
					required
					value={key}
					onInput={({ currentTarget }) => setKey(currentTarget.value)}
				/>
				<p class="faint">
					It is kept while this tab is open, and goes to {location.host} only. An admin makes keys
					with <code>npx thingcast keys create</code>.
				</p>
				<TroubleNote error={error} />
				<button type="submit" class="main" disabled={busy}>
					Open the console
				</button>
			</form>
		</main>
	);
}
