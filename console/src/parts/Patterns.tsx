// Several words that are typed: patterns of names, one after another.
import { Select } from 'antd';

type Typed = {
  id?: string;
  value?: string[];
  onChange?: (value: string[]) => void;
  placeholder?: string;
  max?: number;
};

/** The field; what is pasted is parted at spaces, commas and lines. */
export function Patterns({ id, value, onChange, placeholder, max }: Typed) {
  return (
    <Select
      id={id}
      mode="tags"
      open={false}
      suffixIcon={null}
      tokenSeparators={[' ', ',', '\n']}
      value={value ?? []}
      onChange={onChange}
      placeholder={placeholder}
      maxCount={max}
    />
  );
}
