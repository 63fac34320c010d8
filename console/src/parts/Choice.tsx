// One filter of a list: a drop-down of several words.
import { Select } from 'antd';

type Several<T extends string> = {
  title: string;
  words: readonly T[];
  label: (word: T) => string;
  value: T[] | undefined;
  choose: (value: T[] | undefined) => void;
};

/** Several of some words. */
export function SeveralOf<T extends string>({ title, words, label, value, choose }: Several<T>) {
  return (
    <Select
      mode="multiple"
      className="filter"
      value={value ?? []}
      placeholder={title}
      aria-label={title}
      maxTagCount={1}
      maxTagTextLength={10}
      allowClear
      showSearch={false}
      popupMatchSelectWidth={false}
      options={words.map((word) => ({ value: word, label: label(word) }))}
      onChange={(next: T[]) => choose(next.length > 0 ? next : undefined)}
    />
  );
}

type Single<T extends string> = Omit<Several<T>, 'value' | 'choose'> & {
  value: T | undefined;
  choose: (value: T | undefined) => void;
};

/** One of some words, or any. */
export function OneOf<T extends string>({ title, words, label, value, choose }: Single<T>) {
  return (
    <Select
      className="filter"
      value={value}
      placeholder={title}
      aria-label={title}
      allowClear
      popupMatchSelectWidth={false}
      options={words.map((word) => ({ value: word, label: label(word) }))}
      onChange={(next?: T) => choose(next)}
    />
  );
}
