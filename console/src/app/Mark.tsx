/** The sign of Lazaret. */
export function Mark({ size = 24 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" />;
}
