import { useState } from "preact/hooks";
import { shortcutsAreOn, shortcutsNow, turnShortcuts } from "../hooks/shortcuts.ts";
import { Dialog } from "../parts/dialog.tsx";

/** The keys that do something in the view that is open. */
export function Help({ onClose }: { readonly onClose: () => void }) {
	const [on, setOn] = useState(shortcutsAreOn);
	const [all] = useState(shortcutsNow);
	const groups = [...new Set(all.map(({ group }) => group))].reverse();
	return (
		<Dialog title="Keyboard shortcuts" onClose={onClose}>
			<div class="help">
				{groups.map((group) => (
					<section key={group}>
						<h3>{group}</h3>
						<dl>
							{all
								.filter((one) => one.group === group)
								.map(({ keys, label }) => (
									<div key={keys}>
										<dt>
											{keys.split(" ").map((key) => (
												<kbd key={key}>{key}</kbd>
											))}
										</dt>
										<dd>{label}</dd>
									</div>
								))}
						</dl>
					</section>
				))}
			</div>
			<label class="check">
				<input
					type="checkbox"
					checked={on}
					onChange={({ currentTarget }) => {
						turnShortcuts(currentTarget.checked);
						setOn(currentTarget.checked);
					}}
				/>
				Shortcuts are on
			</label>
		</Dialog>
	);
}
