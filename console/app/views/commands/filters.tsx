import { useEffect, useRef, useState } from "preact/hooks";
import { useShortcuts } from "../../hooks/shortcuts.ts";
import { AGES, FIELDS, SOURCES, sinceOf } from "./filter.ts";

type Query = Readonly<Record<string, string>>;

interface FiltersProps {
	readonly query: Query;
	readonly onChange: (change: Query) => void;
}

/** The filters of the API, as far as they are no state. */
export function Filters({ query, onChange }: FiltersProps) {
	const first = useRef<HTMLSelectElement>(null);
	const given = FIELDS.filter(({ name }) => query[name]);
	const [all, setAll] = useState(false);
	const shown = all
		? FIELDS
		: FIELDS.slice(0, 3).concat(given.filter((field) => FIELDS.indexOf(field) >= 3));
	useShortcuts("Commands", [
		{ keys: "/", label: "to the filters", run: () => first.current?.focus() },
	]);
	return (
		<search class="filters">
			<label>
				Accepted
				<select
					ref={first}
					value={sinceOf(query)}
					onChange={({ currentTarget }) => onChange({ since: currentTarget.value })}
				>
					{AGES.map(([age, label]) => (
						<option key={age} value={age}>
							{label}
						</option>
					))}
				</select>
			</label>
			{shown.map(({ name, label }) => (
				<label key={name} for={`filter-${name}`}>
					{label}
					{name === "source" ? (
						<select
							id={`filter-${name}`}
							value={query[name] ?? ""}
							onChange={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
						>
							<option value="">any</option>
							{SOURCES.map((source) => (
								<option key={source}>{source}</option>
							))}
						</select>
					) : (
						<Text
							id={`filter-${name}`}
							value={query[name] ?? ""}
							onChange={(value) => onChange({ [name]: value })}
						/>
					)}
				</label>
			))}
			{!all && (
				<button type="button" class="quiet" onClick={() => setAll(true)}>
					More filters
				</button>
			)}
			{given.length > 0 && (
				<button
					type="button"
					class="quiet"
					onClick={() => onChange(Object.fromEntries(FIELDS.map(({ name }) => [name, ""])))}
				>
					Clear
				</button>
			)}
		</search>
	);
}

/** Counts once the person is done: Enter, or the focus leaves it. */
function Text({
	id,
	value,
	onChange,
}: {
	readonly id: string;
	readonly value: string;
	readonly onChange: (value: string) => void;
}) {
	const [text, setText] = useState(value);
	useEffect(() => setText(value), [value]);
	const done = () => text.trim() !== value && onChange(text.trim());
	return (
		<input
			id={id}
			type="text"
			value={text}
			spellcheck={false}
			onInput={({ currentTarget }) => setText(currentTarget.value)}
			onBlur={done}
			onKeyDown={({ key }) => key === "Enter" && done()}
		/>
	);
}
