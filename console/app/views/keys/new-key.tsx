import { useState } from "preact/hooks";
import type { CreatedKey, Scope } from "../../../../client/src/index.ts";
import { useClient } from "../../hooks/client.ts";
import { say } from "../../hooks/say.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { TroubleNote } from "../../parts/trouble.tsx";

const KINDS = ["commands", "schedules", "reactions", "jobs", "devices"] as const;
const SCOPES: readonly Scope[] = [
	...KINDS.flatMap((kind) => [`${kind}:read`, `${kind}:write`] as const),
	"admin",
];

interface NewKeyProps {
	readonly onMade: () => void;
	readonly onClose: () => void;
}

export function NewKeyDialog({ onMade, onClose }: NewKeyProps) {
	const client = useClient();
	const [name, setName] = useState("");
	const [scopes, setScopes] = useState<readonly Scope[]>(["commands:read"]);
	const [products, setProducts] = useState("");
	const [rate, setRate] = useState("");
	const [made, setMade] = useState<CreatedKey>();
	const [error, setError] = useState<unknown>();
	const toggle = (scope: Scope) =>
		setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
	const create = async (event: Event) => {
		event.preventDefault();
		setError(undefined);
		const limited = products.split(/[\s,]+/).filter(Boolean);
		try {
			setMade(
				await client.keys.create({
					name: name.trim(),
					scopes,
					...(limited.length > 0 ? { products: limited } : {}),
					...(rate ? { ratePerSecond: Number(rate) } : {}),
				}),
			);
			onMade();
		} catch (thrown) {
			setError(thrown);
		}
	};
	if (made) return <Made of={made} onClose={onClose} />;
	return (
		<Dialog title="New key" onClose={onClose}>
			<form onSubmit={create}>
				<label>
					Name
					<input
						type="text"
						required
						value={name}
						onInput={({ currentTarget }) => setName(currentTarget.value)}
					/>
				</label>
				<fieldset class="scopes">
					<legend>It may</legend>
					{SCOPES.map((scope) => (
						<label key={scope} class="check">
							<input
								type="checkbox"
								checked={scopes.includes(scope)}
								onChange={() => toggle(scope)}
							/>
							{scope}
						</label>
					))}
				</fieldset>
				<div class="two">
					<label>
						Products (all, if empty)
						<input
							type="text"
							value={products}
							onInput={({ currentTarget }) => setProducts(currentTarget.value)}
						/>
					</label>
					<label>
						Requests a second
						<input
							type="number"
							min="1"
							value={rate}
							onInput={({ currentTarget }) => setRate(currentTarget.value)}
						/>
					</label>
				</div>
				<TroubleNote error={error} />
				<footer>
					<button type="submit" class="main" disabled={scopes.length === 0}>
						Create
					</button>
				</footer>
			</form>
		</Dialog>
	);
}

/** The secret, this one time. */
function Made({
	of: { name, key },
	onClose,
}: {
	readonly of: CreatedKey;
	readonly onClose: () => void;
}) {
	const copy = () => navigator.clipboard.writeText(key).then(() => say("Copied"));
	return (
		<Dialog title={`The key ${name}`} onClose={onClose}>
			<p>Keep it now: it is shown this one time.</p>
			<pre class="json secret">{key}</pre>
			<footer>
				<button type="button" onClick={copy}>
					Copy
				</button>
				<button type="button" class="main" onClick={onClose}>
					I have it
				</button>
			</footer>
		</Dialog>
	);
}
