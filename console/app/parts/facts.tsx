import type { ComponentChildren } from "preact";
import { exactText } from "../api/exact.ts";

type Fact = readonly [name: string, value: ComponentChildren];

/** What is known of one thing; what is not known is left out. */
export function Facts({ of }: { readonly of: readonly Fact[] }) {
	const known = of.filter(([, value]) => value !== undefined && value !== null && value !== "");
	return (
		<dl class="facts">
			{known.map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}

/** JSON, digit for digit. */
export function Json({ label, value }: { readonly label: string; readonly value: unknown }) {
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what may scroll must be reachable by keyboard
		<pre class="json" role="region" aria-label={label} tabIndex={0}>
			{exactText(value, "  ")}
		</pre>
	);
}
