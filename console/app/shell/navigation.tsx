import { apiAddress } from "../api/session.ts";
import { hrefOf } from "../hooks/route.ts";
import { AREAS } from "./views.ts";

interface NavigationProps {
	readonly current: string;
	readonly onHelp: () => void;
	/** Undefined where the page has no key to forget. */
	readonly onForget: (() => void) | undefined;
}

export function Navigation({ current, onHelp, onForget }: NavigationProps) {
	return (
		<header class="side">
			<a class="brand" href={hrefOf(["commands"])}>
				<svg viewBox="0 0 24 24" aria-hidden="true">
					<path d="M4 18a8 8 0 0 1 8 0M4 13a14 14 0 0 1 13 5M4 8a19 19 0 0 1 17 10" />
				</svg>
				thingcast
			</a>
			<nav aria-label="Views">
				<ul>
					{AREAS.map(({ name, label }) => (
						<li key={name}>
							<a href={hrefOf([name])} aria-current={name === current ? "page" : undefined}>
								{label}
							</a>
						</li>
					))}
				</ul>
			</nav>
			<div class="foot">
				<p class="address" title={apiAddress}>
					{apiAddress.replace(/^https?:\/\//, "")}
				</p>
				<button type="button" class="quiet" onClick={onHelp}>
					Shortcuts <kbd aria-hidden="true">?</kbd>
				</button>
				{onForget && (
					<button type="button" class="quiet" onClick={onForget}>
						Forget the key
					</button>
				)}
			</div>
		</header>
	);
}
