/* Makes the array plm_settings from the list in settings.h, so that programs can go through all
 * settings. */
#include "model/settings.h"

#define ROW(name, word, written)                                                                   \
    [PLM_SETTING_##name] = {.key = word, .file_key = "plummet." word, .always = written},

const plm_setting_row plm_settings[PLM_SETTINGS] = {PLM_MODEL_SETTINGS(ROW)};
