// What the components of antd say in Chinese. The names of days and months are those of dayjs, which knows English alone
// until more is loaded; they are few enough to be here.
import type { Locale } from 'antd/es/locale';
import zhCN from 'antd/es/locale/zh_CN';

const NAMES = {
  shortWeekDays: [...'日一二三四五六'],
  shortMonths: Array.from({ length: 12 }, (_, month) => `${month + 1}月`),
};

const dates = zhCN.DatePicker;
const chinese: Locale = { ...zhCN, DatePicker: dates && { ...dates, lang: { ...dates.lang, ...NAMES } } };
export default chinese;
