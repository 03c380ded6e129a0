import type { ComponentChildren } from "preact";

/** Nothing is here: why, and what to do. */
export function Empty({
	title,
	children,
}: {
	readonly title: string;
	readonly children?: ComponentChildren;
}) {
	return (
		<div class="empty">
			<p class="title">{title}</p>
			{children}
		</div>
	);
}
