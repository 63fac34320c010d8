// The menu on a small screen.
import { Drawer } from 'antd';
import { Navigation } from './Navigation';

type Menu = { open: boolean; close: () => void; width: number };

/** It comes from the side, and goes once a page was chosen. */
export default function SmallMenu({ open, close, width }: Menu) {
  return (
    <Drawer open={open} onClose={close} placement="left" size={width} title="Lazaret" className="small-menu">
      <Navigation chosen={close} />
    </Drawer>
  );
}
