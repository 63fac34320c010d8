import { QuestionCircleOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';

/** What a term means, behind a question mark. */
export function Help({ text, term }: { text: string; term?: string }) {
  const { t } = useTranslation();
  return (
    <Tooltip title={text}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the help is read with the keyboard, too */}
      <span className="help" role="note" tabIndex={0} aria-label={term ? t('helpOn', { term }) : text}>
        <QuestionCircleOutlined />
      </span>
    </Tooltip>
  );
}
