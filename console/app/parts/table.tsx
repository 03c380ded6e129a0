import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Pages } from "../hooks/pages.ts";
import { go } from "../hooks/route.ts";
import { useShortcuts } from "../hooks/shortcuts.ts";
import { damageOf } from "./damage.ts";
import { TroubleNote } from "./trouble.tsx";
import { moved, scrollToShow, windowOf } from "./window.ts";

export interface Column<T> {
	readonly title: string;
	/** Of CSS's grid-template-columns. */
	readonly width: string;
	readonly cell: (item: T) => ComponentChildren;
	/** Left out where the page is narrow. */
	readonly spare?: boolean;
	readonly end?: boolean;
}

interface TableProps<T> {
	readonly label: string;
	readonly pages: Pick<Pages<T>, "items" | "state" | "error" | "more" | "reload">;
	readonly columns: readonly Column<T>[];
	readonly id: (item: T) => string;
	readonly href?: (item: T) => string;
	/** Shown in place of an empty list. */
	readonly empty: ComponentChildren;
}

const ROW_PX = 36;
/** More is read when this many rows are left below. */
const READ_AHEAD_ROWS = 40;

/** A list of any length, of which only what is in sight is in the page (WAI-ARIA's grid). */
export function Table<T>({ label, pages, columns, id, href, empty }: TableProps<T>) {
	const { items, state, error, more, reload } = pages;
	const [at, setAt] = useState(0);
	const [sight, setSight] = useState({ top: 0, height: 600 });
	const scroller = useRef<HTMLDivElement>(null);
	const name = useId();
	const { from, to } = windowOf(sight.top, sight.height, ROW_PX, items.length);

	const look = () => {
		const { current } = scroller;
		if (current) setSight({ top: current.scrollTop, height: current.clientHeight - ROW_PX });
	};
	useLayoutEffect(look, []);
	useEffect(() => {
		addEventListener("resize", look);
		return () => removeEventListener("resize", look);
	}, []);
	useEffect(() => {
		if (state === "more" && to + READ_AHEAD_ROWS > items.length) more();
	}, [state, to, items.length, more]);

	const mark = (row: number) => {
		setAt(row);
		const { current } = scroller;
		if (!current) return;
		current.scrollTop = scrollToShow(row, current.scrollTop, sight.height, ROW_PX);
	};
	const press = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const next = moved(event.key, at, items.length, Math.floor(sight.height / ROW_PX));
		const item = items[at];
		if (next !== undefined) mark(next);
		else if (event.key === "Enter" && item && href && !damageOf(item)) go(href(item));
		else return;
		event.preventDefault();
	};
	const enter = () => scroller.current?.focus();
	useShortcuts("List", [
		{ keys: "j", label: "next row (also ↓)", run: enter },
		{ keys: "k", label: "previous row (also ↑)", run: enter },
		{ keys: "Enter", label: "open the row" },
		{ keys: "r", label: "read it again", run: reload },
	]);

	if (state === "failed") return <TroubleNote error={error} retry={reload} />;
	if (items.length === 0 && state === "end") return <>{empty}</>;
	const total = state === "end" ? items.length + 1 : -1;
	const template = columns.map(({ width }) => width).join(" ");
	const narrow = columns.filter(({ spare }) => !spare).map(({ width }) => width);
	return (
		<div
			ref={scroller}
			class="table"
			role="grid"
			aria-label={label}
			aria-rowcount={total}
			aria-busy={state === "loading"}
			aria-activedescendant={
				items.length > 0 && at >= from && at < to ? `${name}-${at}` : undefined
			}
			tabIndex={0}
			onScroll={look}
			onKeyDown={press}
			style={{ "--columns": template, "--narrow": narrow.join(" ") }}
		>
			<div class="row head" role="row" aria-rowindex={1}>
				{columns.map((column) => (
					<div key={column.title} role="columnheader" class={classOf(column)}>
						{column.title}
					</div>
				))}
			</div>
			<div
				class="rows"
				role="rowgroup"
				style={{ height: `${Math.max(1, items.length) * ROW_PX}px` }}
			>
				{items.slice(from, to).map((item, index) => {
					const row = from + index;
					const damage = damageOf(item);
					return (
						// biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself takes the keys
						<div
							key={damage ?? id(item)}
							id={`${name}-${row}`}
							class={row === at ? "row marked" : "row"}
							role="row"
							aria-rowindex={row + 2}
							aria-selected={row === at}
							style={{ top: `${row * ROW_PX}px` }}
							onClick={() => setAt(row)}
						>
							{damage === undefined ? (
								columns.map((column, number) => (
									<div key={column.title} role="gridcell" class={classOf(column)}>
										{number === 0 && href ? (
											<a href={href(item)} tabIndex={-1}>
												{column.cell(item)}
											</a>
										) : (
											column.cell(item)
										)}
									</div>
								))
							) : (
								<div role="gridcell" class="faint whole" title={damage}>
									{damage}
								</div>
							)}
						</div>
					);
				})}
				{items.length === 0 && (
					<div class="row" role="row" aria-rowindex={2}>
						<div role="gridcell" class="faint">
							Reading …
						</div>
					</div>
				)}
			</div>
		</div>
	);
}

const classOf = ({ spare = false, end = false }: { spare?: boolean; end?: boolean }): string =>
	`${spare ? "spare " : ""}${end ? "end" : ""}`.trim();
