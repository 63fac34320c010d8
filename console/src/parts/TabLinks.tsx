// Many tabs: they go on in the next line where one is too short.
import './tabLinks.css';

type Tabs<Key extends string> = {
  /** What the tabs are about. */
  title: string;
  items: { key: Key; label: string }[];
  chosen: Key;
  choose: (key: Key) => void;
};

/** The tabs. */
export function TabLinks<Key extends string>({ title, items, chosen, choose }: Tabs<Key>) {
  return (
    <nav className="tab-links" aria-label={title}>
      {items.map(({ key, label }) => (
        <button key={key} type="button" aria-current={key === chosen || undefined} onClick={() => choose(key)}>
          {label}
        </button>
      ))}
    </nav>
  );
}
