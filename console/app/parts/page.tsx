import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface PageProps {
	readonly title: string;
	/** Above the title: where it is one of. */
	readonly up?: { readonly label: string; readonly href: string };
	readonly actions?: ComponentChildren;
	readonly children: ComponentChildren;
}

/** A view: its title, which gets the focus when it is opened, what can be done, and the rest. */
export function Page({ title, up, actions, children }: PageProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		heading.current?.focus({ preventScroll: true });
	}, []);
	useEffect(() => {
		document.title = `${title} · thingcast`;
	}, [title]);
	return (
		<>
			<header class="page-head">
				<div>
					{up && (
						<p class="up">
							<a href={up.href}>{up.label}</a>
						</p>
					)}
					<h1 ref={heading} tabIndex={-1}>
						{title}
					</h1>
				</div>
				{actions && <div class="actions">{actions}</div>}
			</header>
			{children}
		</>
	);
}
