// How the console looks: one set of tokens for light, one for dark.
import { type ThemeConfig, theme } from 'antd';

export type Look = 'light' | 'dark' | 'system';

const FONT =
  "-apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', 'Helvetica Neue', Arial, sans-serif";
const CODE = "ui-monospace, SFMono-Regular, 'JetBrains Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace";

const SHARED: ThemeConfig['token'] = {
  fontFamily: FONT,
  fontFamilyCode: CODE,
  fontSize: 13,
  borderRadius: 6,
  controlHeight: 30,
  wireframe: false,
};

/** What antd makes of these colours for grounds and edges in light is muddy. */
const FAINT: ThemeConfig['token'] = {
  colorErrorBg: '#fdf2f3',
  colorErrorBorder: '#e3a5ad',
  colorInfoBg: '#eef6f8',
  colorInfoBorder: '#a9cfd8',
};

/** The tokens of a look. */
export function tokens(dark: boolean): ThemeConfig {
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    cssVar: { prefix: 'lz', key: 'lz' },
    hashed: false,
    token: {
      ...SHARED,
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      colorPrimary: dark ? '#2aa3bd' : '#0f6e84',
      colorInfo: dark ? '#2aa3bd' : '#0f6e84',
      colorLink: dark ? '#4fbdd4' : '#0b6478',
      colorPrimaryText: dark ? '#4fbdd4' : '#0b6478',
      colorPrimaryTextHover: dark ? '#8fd8e8' : '#0f6e84',
      colorError: dark ? '#ff7a85' : '#b4142b',
      ...(dark ? {} : FAINT),
      colorPrimaryBg: dark ? '#11262d' : '#e3f1f4',
      colorBgLayout: dark ? '#0e1418' : '#f4f6f8',
      ...(dark ? { colorBgContainer: '#151d22', colorBgElevated: '#1b252b' } : {}),
      colorTextSecondary: dark ? 'rgba(255,255,255,0.72)' : 'rgba(20,32,40,0.72)',
      colorTextTertiary: dark ? 'rgba(255,255,255,0.62)' : 'rgba(20,32,40,0.64)',
      colorTextDescription: dark ? 'rgba(255,255,255,0.62)' : 'rgba(20,32,40,0.64)',
      colorTextPlaceholder: dark ? 'rgba(255,255,255,0.56)' : 'rgba(20,32,40,0.64)',
    },
    components: {
      Layout: { headerBg: dark ? '#151d22' : '#ffffff', siderBg: dark ? '#11181c' : '#ffffff', headerHeight: 48 },
      Menu: {
        itemHeight: 34,
        itemMarginBlock: 1,
        itemBorderRadius: 6,
        activeBarBorderWidth: 0,
        groupTitleFontSize: 12,
        itemSelectedBg: dark ? '#173842' : '#e3f1f4',
        ...(dark ? { itemSelectedColor: '#8fd8e8' } : {}),
      },
      Table: { cellPaddingBlockSM: 6, cellPaddingInlineSM: 10, headerBorderRadius: 6, cellFontSizeSM: 13 },
      ...(dark
        ? { Dropdown: { colorPrimary: '#4fbdd4' }, Button: { primaryColor: '#03181d', dangerColor: '#2a0508' } }
        : {}),
      Drawer: { paddingLG: 20 },
      Tabs: { horizontalItemPadding: '9px 0', horizontalItemGutter: 22 },
      Card: { bodyPadding: 16 },
      Descriptions: { itemPaddingBottom: 8 },
    },
  };
}

/** Whether a look is dark now. */
export function isDark(look: Look): boolean {
  return look === 'dark' || (look === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
}
