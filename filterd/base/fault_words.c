#include "base/fault_words.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct wording {
    const char *english, *japanese;
};

/* A row without conversions comes before all others, then the first that fits is taken. */
/* clang-format off */
static const struct wording wordings[] = {
    /* status_word() and strerror() */
    {"no memory", "メモリーが足りません"},
    {"too large", "大きすぎます"},
    {"invalid", "中身が正しくありません"},
    {"not found", "見つかりません"},
    {"budget", "上限を超えました"},
    {"io", "読み書きできません"},
    {"unavailable", "使えません"},
    {"internal", "内部の誤りです"},
    {"No such file or directory", "ファイルまたはフォルダがありません"},
    {"Permission denied", "アクセスする権限がありません"},
    {"Operation not permitted", "この操作は許されていません"},
    {"Is a directory", "フォルダです"},
    {"Not a directory", "フォルダではありません"},
    {"Directory not empty", "フォルダが空ではありません"},
    {"File exists", "すでにあります"},
    {"File too large", "ファイルが大きすぎます"},
    {"File name too long", "ファイル名が長すぎます"},
    {"Argument list too long", "長すぎます"},
    {"No space left on device", "空き容量がありません"},
    {"Disk quota exceeded", "割り当てられた容量を使い切りました"},
    {"Read-only file system", "書き込めない場所です"},
    {"Input/output error", "装置が読み書きできませんでした"},
    {"Too many levels of symbolic links", "リンクがたどれません"},
    {"Too many open files", "開いているファイルが多すぎます"},
    {"Cannot allocate memory", "メモリーが足りません"},
    {"Bad file descriptor", "閉じられています"},
    {"Illegal seek", "ファイルにしか書けません"},
    {"Text file busy", "使われています"},
    {"Device or resource busy", "使われています"},
    {"Stale file handle", "ファイルが共有フォルダからなくなりました"},
    /* YAML and CSV as such */
    {"a control character stands here", "制御文字が入っています"},
    {"anchors (&), aliases (*) and tags (!) are not allowed", "アンカー(&)、エイリアス(*)、タグ(!)は使えません"},
    {"write the value out, in quotes if it begins with & * or !", "値をそのまま書いてください。& * ! で始まる値は引用符で囲みます"},
    {"a tab stands in the indentation", "字下げにタブがあります"},
    {"indent with spaces", "半角の空白で字下げしてください"},
    {"a full-width colon stands where ':' belongs", "':' のところに全角のコロンがあります"},
    {"write a half-width ':' and a space", "半角の ':' と空白を書いてください"},
    {"a full-width space follows ':'", "':' の後が全角の空白です"},
    {"write a half-width space behind ':'", "':' の後に半角の空白を書いてください"},
    {"a typographic quote stands where '\"' belongs", "'\"' のところに “ があります"},
    {"write half-width quotes", "半角の引用符を書いてください"},
    {"a second document begins here", "ここから2つ目の文書が始まっています"},
    {"delete the line '---' and what follows", "'---' の行と、その後を消してください"},
    {"nested too deep", "入れ子が深すぎます"},
    {"at most 8 levels are allowed", "8段までにしてください"},
    {"begin it with 'format: 1'", "'format: 1' の行から書き始めてください"},
    {"the file is larger than 1 MiB", "ファイルが 1 MiB を超えています"},
    {"terms belong into terms.csv", "語句は terms.csv に書いてください"},
    {"the file is UTF-16, not UTF-8", "ファイルが UTF-8 ではなく UTF-16 です"},
    {"the file is not UTF-8 (Shift_JIS/CP932?)", "ファイルが UTF-8 ではありません(Shift_JIS/CP932 かもしれません)"},
    {"compare indentation and quotes with the lines around it", "字下げと引用符を前後の行と見比べてください"},
    {"a quotation mark stands inside a field", "項目の途中に引用符 \" があります"},
    {"a field begins with a quotation mark that is never closed", "引用符 \" で始まる項目が閉じられていません"},
    /* faults */
    {"the file cannot be read", "ファイルを読めません"},
    {"the path is too long", "パスが長すぎます"},
    {"name a shorter one", "短いものにしてください"},
    {"another ruleset comes out: the keys are not those of then, or its files are damaged", "別の規則になります。鍵が当時のものでないか、ファイルが壊れています"},
    {"another ruleset comes out: its files are damaged", "別の規則になります。ファイルが壊れています"},
    {"name the key file of then with --keys", "当時の鍵ファイルを --keys で指定してください"},
    {"this is too long", "長すぎます"},
    {"back-references are not allowed", "後方参照は使えません"},
    {"more than 8 capturing groups", "取り出すかっこが8つを超えています"},
    {"the pattern is longer than 4,096 bytes", "式が4,096バイトを超えています"},
    {"case %u expects %s", "事例 %u の期待は %s です"},
    {"expected %s, got %s", "期待は %s、結果は %s です"},
    {"mend the rules or the case; `filterctl test` shows all", "規則か事例を直してください。filterctl test ですべて確かめられます"},
    {"compiling took too long", "組み立てに時間がかかりすぎました"},
    {"compiling needed too much memory or failed", "組み立てにメモリーが足りないか、失敗しました"},
    {"look for very many or very complicated patterns", "多すぎる、または複雑すぎるパターンがないか見てください"},
    {"no process to compile in", "組み立てるプロセスを作れません"},
    {"see the limits of the service", "サービスの制限値を見てください"},
    {"no city can be read here", "ここに読める市がありません"},
    {"a city is a folder with a policy.yaml in it", "市は policy.yaml のあるフォルダです"},
    {"filterd keeps the last 64 of each city in history/ of its state directory", "filterd は市ごとに最近の64版を状態ディレクトリの history/ に残します"},
    {"made with another version than this program's: %s", "このプログラムとは別の版で作られています: %s"},
    {"use filterctl and the libraries of that time", "当時の filterctl とライブラリを使ってください"},
    {"no dictionaries here", "ここに辞書がありません"},
    {"the directory must hold common/ and cities/", "common/ と cities/ のあるディレクトリを指定してください"},
    {"no dictionaries found", "辞書が見つかりません"},
    {"name their directory with --dictionaries or FILTERD_DICTIONARIES", "辞書のディレクトリを --dictionaries か FILTERD_DICTIONARIES で指定してください"},
    {"the path of the keys is too long", "鍵のパスが長すぎます"},
    {"no such city", "その市はありません"},
    {"the store cannot be used", "保存先を使えません"},
    {"name a directory that belongs to you, mode 0700", "自分だけが使えるディレクトリ(モード0700)を指定してください"},
    {"the file is too large", "ファイルが大きすぎます"},
    {"split it, or delete what is not needed", "分けるか、要らないものを消してください"},
    {"this is no regular file", "普通のファイルではありません"},
    {"put the file itself here", "ファイルそのものを置いてください"},
    {"the city has no policy.yaml", "市に policy.yaml がありません"},
    {"write one; see cities/default", "cities/default を見本に書いてください"},
    {"this can not be a city's folder", "市のフォルダの名前として使えません"},
    {"use ASCII letters, digits, '-' and '_'", "半角の英数字と - _ を使ってください"},
    {"the dictionary of MeCab is missing", "MeCab の辞書がありません"},
    {"MeCab cannot read its dictionary", "MeCab が辞書を読めません"},
    {"install mecab-ipadic-utf8", "mecab-ipadic-utf8 を入れてください"},
    {"install mecab-ipadic-utf8 anew; /dev/null must be the device", "mecab-ipadic-utf8 を入れ直してください。/dev/null は装置のままでなければなりません"},
    {"restore it from the package", "パッケージから戻してください"},
    {"move the dictionaries", "辞書の場所を変えてください"},
    {"no file of terms is here", "語句のファイルがありません"},
    {"only a label, resume, negative, start or public has an info type", "情報の種類を書けるのは label、resume、negative、start、public だけです"},
    {"empty the cell", "セルを空にしてください"},
    {"the cell is too long", "欄が長すぎます"},
    {"shorten it", "短くしてください"},
    {"line %u says the same", "%u 行と同じです"},
    {"the phrase is longer than 256 bytes", "語句が256バイトを超えています"},
    {"the row has no phrase", "この行に語句がありません"},
    {"delete one of the two rows", "どちらかの行を消してください"},
    {"the cue is longer than 256 bytes", "手がかりの語が256バイトを超えています"},
    {"the cue is empty once spaces and symbols are left out", "空白と記号を除くと、手がかりの語に何も残りません"},
    {"delete the row", "行を消してください"},
    {"make a key file with filterctl keygen", "filterctl keygen で鍵ファイルを作ってください"},
    {"filterctl keygen makes one with mode 0600", "filterctl keygen はモード0600で作ります"},
    {"the model is damaged", "モデルが壊れています"},
    {"restore it from the package, or run `make models`", "パッケージから戻すか、make models を実行してください"},
    {"the model is missing: names would be missed", "モデルがありません。名前を見落とすことになります"},
    {"longer than 256 bytes", "256バイトを超えています"},
    {"a name has at least two characters", "名称は2文字以上です"},
    {"mend or delete the row", "直すか、行を消してください"},
    {"needs one of info_type, category or excludes: true", "info_type、category、excludes: true のどれかが要ります"},
    {"write one of them", "どれかを書いてください"},
    {"only a category has a severity", "強さがあるのは分類だけです"},
    {"delete it", "消してください"},
    {"after_label and at_start need an info_type", "after_label と at_start には info_type が要ります"},
    {"write info_type", "info_type を書いてください"},
    {"the key 'likelihood' is missing", "キー likelihood がありません"},
    {"write likelihood: {plain: 90}", "likelihood: {plain: 90} のように書いてください"},
    {"the pattern of line %u has this id", "%u 行のパターンがこの id を使っています"},
    {"ids must be unique", "id は重ねられません"},
    {"mend the expression", "式を直してください"},
    {"simplify the expression", "式を簡単にしてください"},
    {"the expression has fewer groups", "式のかっこの数がそれより少ないです"},
    {"count its capturing brackets", "取り出すかっこを数えてください"},
    {"has too many patterns", "パターンが多すぎます"},
    {"at most 1024 are allowed", "1024 までです"},
    {"use no look-around, and bound every repetition", "前後読みを使わず、繰り返しには上限を付けてください"},
    {"unknown info type or category", "情報の種類でも分類でもありません"},
    {"is empty", "空です"},
    {"say what the clause covers, or write judged_by: human", "条項の対象を書くか、judged_by: human と書いてください"},
    {"is covered already", "すでに書かれています"},
    {"has no meaning in a clause that people judge", "人が判断する条項では意味がありません"},
    {"delete it, or delete judged_by", "これか judged_by を消してください"},
    {"only a clause with action: redact transforms", "置きかえるのは action: redact の条項だけです"},
    {"the clause does not mask", "この条項は mask を使いません"},
    {"write transform: mask, or delete it", "transform: mask と書くか、これを消してください"},
    {"the key 'action' is missing", "キー action がありません"},
    {"write action: allow, redact or block, or judged_by: human", "action: allow、redact、block のどれか、または judged_by: human と書いてください"},
    {"the key 'covers' is missing", "キー covers がありません"},
    {"MY_NUMBER can not be allowed (番号法2条8項)", "マイナンバーを許可することはできません(番号法2条8項)"},
    {"take MY_NUMBER out of covers, or write action: redact", "covers から MY_NUMBER を外すか、action: redact と書いてください"},
    {"MY_NUMBER can not become %s (番号法2条8項)", "マイナンバーを %s にすることはできません(番号法2条8項)"},
    {"write transform: label or remove, or add transforms: {MY_NUMBER: label}", "transform: label か remove にするか、transforms: {MY_NUMBER: label} を足してください"},
    {"the clause of line %u has this id", "%u 行の条項がこの id を使っています"},
    {"ids must be unique; cite may repeat", "id は重ねられません(cite は重なってもかまいません)"},
    {"has too many clauses", "条項が多すぎます"},
    {"at most 512 are allowed", "512 までです"},
    {"write at least one clause", "条項を1つ以上書いてください"},
    {"MY_NUMBER can not be kept (番号法2条8項)", "マイナンバーを残すことはできません(番号法2条8項)"},
    {"take MY_NUMBER out", "MY_NUMBER を外してください"},
    {"no clause has this id", "この id の条項がありません"},
    {"write the id of one of the clauses below", "下にある条項の id を書いてください"},
    {"chat is the purpose of every other message", "chat は、そのほかのすべてのメッセージの用途です"},
    {"choose another name", "別の名前にしてください"},
    {"write label or remove", "label か remove と書いてください"},
    {"`transforms` does not mask this type", "transforms ではこの種類に mask を使っていません"},
    {"write it there, or delete it here", "そちらに書くか、ここから消してください"},
    {"is no date", "日付ではありません"},
    {"write it like 2023-03-17", "2023-03-17 のように書いてください"},
    {"write id: %s, or rename the folder", "id: %s と書くか、フォルダの名前を変えてください"},
    {"differs from the folder's name", "フォルダの名前と違います"},
    {"is no municipality code (check digit)", "全国地方公共団体コードではありません(検査数字が合いません)"},
    {"write the 6 digits of 全国地方公共団体コード, such as \"122173\"", "全国地方公共団体コードの6桁を \"122173\" のように書いてください"},
    {"the policy asks for token or encrypt, and no key file is configured", "方針が token か encrypt を使いますが、鍵ファイルが指定されていません"},
    {"make one with filterctl keygen and name it (--keys FILE, keys_dir), or choose another transform", "filterctl keygen で作って指定する(--keys FILE、keys_dir)か、別の置きかえ方にしてください"},
    {"neither UTF-8 nor Shift_JIS (CP932)", "UTF-8 でも Shift_JIS(CP932)でもありません"},
    {"save the file as CSV UTF-8", "「CSV UTF-8」で保存してください"},
    {"the row has no %s", "この行に%sがありません"},
    {"a weight is 1, 2 or 3", "重みは 1、2、3 のどれかです"},
    {"write one of them, or empty the cell", "どれかを書くか、セルを空にしてください"},
    {"an exception does not contain the term and more", "例外が、語句を含むもっと長い言葉になっていません"},
    {"write a longer word that contains the term, one on each line of the cell", "語句を含むもっと長い言葉を、セルの中で1行に1つずつ書いてください"},
    {"this kind can not be looked for like that", "この種類はその探し方ができません"},
    {"followers are `after`, persons `near`, all others word, suffix, prefix or clause", "続く語は after、人は near、ほかは word、suffix、prefix、clause です"},
    {"the term is longer than 256 bytes", "語句が256バイトを超えています"},
    {"the row has no term", "この行に語句がありません"},
    {"write one, or delete the row", "書くか、行を消してください"},
    {"a word for a person has at least one Japanese character", "人を表す語には日本語の文字が要ります"},
    {"write a longer one", "もっと長い語にしてください"},
    {"the file is not UTF-8", "ファイルが UTF-8 ではありません"},
    {"save it as UTF-8", "UTF-8 で保存してください"},
    {"a name is empty or longer than 256 bytes", "名前が空か、256バイトを超えています"},
    {"mend or delete the line", "直すか、行を消してください"},
    {"more than two fields", "項目が2つを超えています"},
    {"write a name, or name, tab, reading", "名前、または 名前・タブ・読み を書いてください"},
    {"not three fields", "項目が3つではありません"},
    {"write code, tab, prefecture, tab, name", "コード・タブ・都道府県・タブ・名前 を書いてください"},
    {"is no code of six digits", "6桁のコードではありません"},
    {"write it with its check digit", "検査数字まで書いてください"},
    {"the term is too short once spaces and symbols are left out", "空白と記号を除くと、語句が短すぎます"},
    {"write at least two characters, or one kanji", "2文字以上、または漢字1文字にしてください"},
    {"the exception is longer than 256 bytes", "例外が256バイトを超えています"},
    {"the exception does not contain the term and more", "例外が、語句を含むもっと長い言葉になっていません"},
    {"line %u of %s has the same term, category and match", "%u 行(%s)に同じ語句・分類・一致の行があります"},
    {"the model is missing: prohibited content would be missed", "モデルがありません。禁止された内容を見落とすことになります"},
    {"restore it from the package, or run `make topics`", "パッケージから戻すか、make topics を実行してください"},
    {"this is longer than 256 bytes", "256バイトを超えています"},
    {"nothing is left once spaces and symbols are left out", "空白と記号を除くと、何も残りません"},
    {"an innocent word has no other writing", "無害な語に別の書き方は書けません"},
    {"not YAML: %s%s%s", "YAML として読めません: %s%s%s"},
    {"unknown problem", "原因はわかりません"},
    {"must be a mapping (key: value)", "「キー: 値」の形でなければなりません"},
    {"indent 'key: value' lines below it", "その下に字下げして「キー: 値」を書いてください"},
    {"has too many keys", "キーが多すぎます"},
    {"at most 4096 are allowed", "4096 までです"},
    {"a key must be a plain word", "キーは普通の単語でなければなりません"},
    {"write 'key: value'", "「キー: 値」と書いてください"},
    {"stands twice", "2回書かれています"},
    {"keep one of them", "1つだけ残してください"},
    {"known keys: %s", "使えるキー: %s"},
    {"did you mean %s?", "%s のことですか?"},
    {"a full-width space stands in the indentation", "字下げに全角の空白があります"},
    {"unknown key", "知らないキーです"},
    {"indent with half-width spaces", "半角の空白で字下げしてください"},
    {"the key '%s' is missing", "キー %s がありません"},
    {"add it", "書き足してください"},
    {"must be a list", "一覧でなければなりません"},
    {"write [A, B] or one '- ' line each", "[A, B] か、1行に1つ「- 」で書いてください"},
    {"has too many entries", "項目が多すぎます"},
    {"must be a single value, not a list or mapping", "値は1つだけです(一覧や「キー: 値」は書けません)"},
    {"write it behind the ':'", "「:」のうしろに書いてください"},
    {"has no value", "値がありません"},
    {"write one, or delete the line", "値を書くか、行を消してください"},
    {"at most %u bytes are allowed", "%u バイトまでです"},
    {"is too long", "長すぎます"},
    {"holds a control character", "制御文字が入っています"},
    {"must be ASCII letters, digits, '-', '.' or '_'", "半角の英数字と - . _ でなければなりません"},
    {"such as \"6-2\"", "\"6-2\" のように書いてください"},
    {"write a whole number from %u to %u", "%u から %u までの整数を書いてください"},
    {"is out of range", "範囲の外です"},
    {"is no whole number", "整数ではありません"},
    {"must be true or false", "true か false でなければなりません"},
    {"write true or false", "true か false と書いてください"},
    {"unknown %s", "知らない%sです"},
    {"write one of %s", "次のどれかを書いてください: %s"},
    {"unknown verdict", "知らない期待です"},
    {"write one of 許可, 伏せ字, 遮断 (allow, redact, block)", "許可、伏せ字、遮断のどれかを書いてください"},
    {"unknown direction", "知らない方向です"},
    {"write 受信 or 送信 (inbound, outbound)", "受信か送信と書いてください"},
    {"unknown surface", "知らない場所です"},
    {"write MESSAGE_TEXT, DISPLAY_NAME, LOCATION …", "本文、表示名、位置情報などを書いてください"},
    {"the policy names no such purpose", "方針にその用途がありません"},
    {"use chat or a name under purposes: in policy.yaml", "chat か、policy.yaml の purposes: にある名前を書いてください"},
    {"the policy has no such clause", "方針にその条項がありません"},
    {"use an id of policy.yaml, such as 6-2", "policy.yaml にある id を 6-2 のように書いてください"},
    {"neither UTF-8 nor CP932 (Excel's CSV)", "UTF-8 でも CP932(Excel の CSV)でもありません"},
    {"one to eight endpoints are needed", "待ち受けは1つから8つまでです"},
    {"the settings cannot be read", "設定を読めません"},
    {"free the address or use another", "アドレスを空けるか、別のものにしてください"},
    {"the path is too long for a UNIX socket", "UNIX ソケットのパスとしては長すぎます"},
    {"use a shorter one", "短いものにしてください"},
    {"the directory must be writable for filterd", "filterd が書き込めるディレクトリでなければなりません"},
    {"this is not tcp://ADDRESS:PORT", "tcp://アドレス:ポート の形ではありません"},
    {"only ipc:// and tcp:// are known", "使えるのは ipc:// と tcp:// だけです"},
    {"an abstract socket has no mode: everybody on this machine could connect", "抽象ソケットには権限が無く、この機械のだれもが接続できてしまいます"},
    {"the path must begin with /", "パスは / で始めてください"},
    {"make the directory, owned by filterd's user", "filterd の利用者のものとしてディレクトリを作ってください"},
    {"another filterd listens here", "別の filterd がここで待ち受けています"},
    {"stop it, or use another path", "それを止めるか、別のパスにしてください"},
    {"name it from the root", "/ から始まるパスで書いてください"},
    {"this is no directory of the user filterd runs as", "filterd を動かす利用者のディレクトリではありません"},
    {"make it, and give it to that user", "作って、その利用者のものにしてください"},
    {"no process for the new rulesets", "新しい規則のためのプロセスを作れません"},
    {"the process that loads the rulesets died", "規則を読み込むプロセスが異常終了しました"},
    {"see the log of the service", "サービスのログを見てください"},
    {"put the whole field in quotation marks and double those inside it", "項目全体を \" で囲み、中の \" は2つ重ねてください"},
    {"the column stands twice", "同じ列が2つあります"},
    {"remove one of the two", "どちらかを消してください"},
    {"unknown column", "知らない列です"},
    {"the columns are: %s", "使える列: %s"},
    {"the file is empty", "ファイルが空です"},
    {"write the column names in the first row", "1行目に列の名前を書いてください"},
    {"the column is missing", "列がありません"},
    {"the row has more fields than the header", "列の名前より項目の多い行です"},
    {"put a field that holds a comma in quotation marks", "コンマを含む項目は \" で囲んでください"},
    {"it begins with a row of column names", "1行目は列の名前です"},
    {"no municipality is called so", "その名前の市区町村はありません"},
    {"two municipalities are called so", "その名前の市区町村は2つあります"},
    {"write its name as 流山市", "流山市 のように書いてください"},
    {"write the prefecture in front of it: 東京都府中市", "前に都道府県を付けてください: 東京都府中市"},
    {"the template cannot be read", "ひな形を読めません"},
    {"the file cannot be written", "ファイルを書けません"},
    {"this is there already", "すでにあります"},
    {"the folder cannot be made", "フォルダを作れません"},
    {"name another folder, or move this one away", "別のフォルダにするか、これを移してください"},
    {"%s; nothing has changed", "%s。何も変わっていません"},
    {"put the dictionaries into a shorter path", "辞書を短いパスに置いてください"},
    {"the new folder cannot be put in place", "新しいフォルダを置けません"},
    {"the folders cannot be swapped", "フォルダを入れかえられません"},
    {"the folder for versions cannot be made", "版のフォルダを作れません"},
    {"too many versions are kept", "残っている版が多すぎます"},
    {"move old ones away", "古いものを移してください"},
    {"the new files cannot be written", "新しいファイルを書けません"},
    {"the folder of the cities cannot be changed now", "いまは市のフォルダを変えられません"},
    {"no such version is kept", "その版は残っていません"},
    {"a key has an id, a space and 64 hexadecimal digits", "鍵は 名前・空白・64桁の16進数 で書きます"},
    {"the id of a key is 1 to 8 of a-z and 0-9", "鍵の名前は a〜z と 0〜9 で1〜8文字です"},
    {"this id stands in the file twice", "この名前の鍵がファイルに2つあります"},
    {"more than 16 keys", "鍵が16を超えています"},
    {"a key has 64 hexadecimal digits", "鍵は64桁の16進数です"},
    {"there is no key in this file", "このファイルに鍵がありません"},
    {"there is no such key file", "その鍵ファイルはありません"},
    {"this is no key file", "鍵ファイルではありません"},
    {"others may read this key file", "この鍵ファイルはほかの人も読めてしまいます"},
    {"character %u: %s", "%u文字目: %s"},
    {"can not be searched: %s", "検索できる形ではありません: %s"},
    {"this is a workbook; save its sheet as CSV UTF-8 and name that", "Excel などのブックです。シートを「CSV UTF-8」で保存し、そのファイルを指定してください"},
    {"it grows to more than 1000 times its size", "開くと元の 1000 倍より大きくなります"},
    {"what follows is not compressed, or damaged", "この先は圧縮されていないか、壊れています"},
    {"truncated gzip input", "gzip のデータが途中で切れています"},
    {"the table has no such column", "表にその列がありません"},
    {"name the column of the texts with --field; there are: %s", "文の列を --field で指定してください。ある列: %s"},
    {"the table has no columns", "表に列がありません"},
    {"its first row must name them; --no-header if it has none", "1行目に列の名前が要ります。見出しのない表には --no-header を付けてください"},
    {"its format, encoding or header is not that of the first file", "形式・文字コード・列の名前が最初のファイルと違います"},
    {"write it to an output of its own, or use --output-format findings", "別の出力に書くか、--output-format findings を使ってください"},
    {"the row \"local\" is for who has no key", "local の行は鍵の無い相手のためのものです"},
    {"give this client another name", "この相手に別の名前を付けてください"},
    {"a client needs its public_key", "相手の public_key が要ります"},
    {"filterctl keygen --curve makes a pair", "filterctl keygen --curve で作れます"},
    {"this is no key: 40 characters of Z85 are needed", "鍵ではありません。Z85 の40文字が要ります"},
    {"take the line \"public\" of the client's key file, in quotes", "相手の鍵ファイルの public の行を、引用符に入れて書いてください"},
    {"1 to 4096 policies are needed", "方針は1つから4096までです"},
    {"list them, or [\"*\"] for every one", "方針を並べるか、すべてなら [\"*\"] と書いてください"},
    {"an earlier client has this name or this key", "前の相手と名前か鍵が同じです"},
    {"give each its own", "それぞれ別のものにしてください"},
    {"there may be 1024 clients", "相手は1024までです"},
    {"let several share a gateway", "いくつかで1つのゲートウェイを使ってください"},
    {"there are more than 4 MiB of them", "全部で4MiBを超えています"},
    {"use [\"*\"] for long lists of policies", "方針の長い一覧は [\"*\"] にしてください"},
    {"everybody on this machine may read this secret key", "この機械のだれもがこの秘密鍵を読めてしまいます"},
    {"chmod o= it, and make a new key", "chmod o= で閉じて、鍵を作り直してください"},
    {"the key cannot be read", "鍵を読めません"},
    {"there is no line \"secret KEY\" with a key of 40 characters", "「secret 鍵」の行(40文字の鍵)がありません"},
    {"make one with filterctl keygen --curve", "filterctl keygen --curve で作ってください"},
    {"a listener that other machines reach needs client keys (CURVE)", "ほかの機械から届く待ち受けには、相手ごとの鍵(CURVE)が要ります"},
    {"use ipc:///run/filterd/filterd.sock, tcp://127.0.0.1:PORT or tcp://[::1]:PORT", "ipc:///run/filterd/filterd.sock、tcp://127.0.0.1:ポート、tcp://[::1]:ポート のどれかを書いてください"},
    {"put it under listen_curve, with curve_key and clients; under listen %s", "listen_curve に書き、curve_key と clients を付けてください。listen には %s"},
    {"listen_curve needs a key of this server", "listen_curve にはこのサーバーの鍵が要ります"},
    {"make one with filterctl keygen --curve FILE, and name FILE here", "filterctl keygen --curve FILE で作り、FILE をここに書いてください"},
    {"is no domain name", "ドメイン名ではありません"},
    {"write the name alone, such as example.jp: no https://, no path, no *", "example.jp のように名前だけを書いてください(https://、パス、* は付けない)"},
    {"anybody can register a name below this one", "この下の名前はだれでも登録できます"},
    {"write the name that somebody registered, such as example.co.jp for co.jp", "co.jp ではなく example.co.jp のように、登録された名前を書いてください"},
    {"stands in the list already", "一覧にすでにあります"},
    {"stands in the list allow too", "allow の一覧にもあります"},
    {"delete it in one of the two", "どちらかから消してください"},
    {"the list of public suffixes cannot be read", "公開サフィックスの一覧を読めません"},
    {"install the package publicsuffix", "パッケージ publicsuffix を入れてください"},
    {"there are no everyday words", "普通の言葉の一覧がありません"},
    {"install the package mecab-ipadic", "パッケージ mecab-ipadic を入れてください"},
    {"see filterctl rollback --list", "filterctl rollback --list で確かめてください"},
};
/* clang-format on */

/* Names of columns, and what "unknown %s" is about. */
static const struct wording columns[] = {
    {"term", "語句"},
    {"category", "分類"},
    {"match", "一致"},
    {"severity", "強さ"},
    {"exceptions", "例外"},
    {"note", "メモ"},
    {"added_on", "追加日"},
    {"aim", "相手"},
    {"name", "名称"},
    {"reading", "読み"},
    {"kind", "種類"},
    {"text", "文"},
    {"direction", "方向"},
    {"surface", "場所"},
    {"purpose", "用途"},
    {"expect", "期待"},
    {"clause", "条項"},
    {"redacted", "伏せ字後"},
    {"role", "役割"},
    {"cue", "手がかり"},
    {"info type", "情報の種類"},
    {"action", "扱い"},
    {"transform", "置きかえ方"},
    {"header", "見出し"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_CONVERSIONS 3

struct part {
    const char *text;
    size_t bytes;
};

/* Bytes of the conversion at `text`: 0 = none. %% is not used in faults. */
static size_t
conversion_bytes(const char *text)
{
    return text[0] == '%' ? strcspn(text + 1, "sudz") + 2 : 0;
}

/* Whether `text` is `pattern` with something for each conversion; what stood there goes to `found`. The shortest text
 * that lets the rest fit is taken. */
static bool
fits(const char *pattern, const char *text, struct part found[MAX_CONVERSIONS], unsigned at)
{
    size_t plain = strcspn(pattern, "%");

    if (strncmp(pattern, text, plain) != 0)
        return false;
    pattern += plain;
    text += plain;
    size_t conversion = conversion_bytes(pattern);
    if (conversion == 0)
        return text[0] == '\0';
    if (at == MAX_CONVERSIONS)
        return false;
    for (size_t bytes = pattern[conversion] == '\0' ? strlen(text) : 0; bytes <= strlen(text); bytes++) {
        found[at] = (struct part){text, bytes};
        if (fits(pattern + conversion, text + bytes, found, at + 1))
            return true;
    }
    return false;
}

static const char *
look_up(const struct wording *table, size_t count, const char *english)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].english, english) == 0)
            return table[i].japanese;
    return NULL;
}

/* Appends `bytes` of `text`, all or what fits, cut in front of a character. */
static void
append(char *out, size_t out_bytes, size_t *at, const char *text, size_t bytes)
{
    size_t room = out_bytes - 1 - *at;

    if (bytes > room) {
        bytes = room;
        while (bytes > 0 && ((unsigned char)text[bytes] & 0xC0) == 0x80)
            bytes--;
    }
    memcpy(out + *at, text, bytes);
    *at += bytes;
    out[*at] = '\0';
}

/* What stood for a conversion: a word of ours in Japanese, all else as it is. */
static void
append_found(char *out, size_t out_bytes, size_t *at, const struct part *found)
{
    char word[64];
    const char *japanese = NULL;

    if (found->bytes < sizeof(word)) {
        memcpy(word, found->text, found->bytes);
        word[found->bytes] = '\0';
        japanese = look_up(columns, COUNT(columns), word);
        if (japanese == NULL)
            japanese = look_up(wordings, COUNT(wordings), word);
    }
    append(out, out_bytes, at, japanese ? japanese : found->text, japanese ? strlen(japanese) : found->bytes);
}

static void
fill_in(const char *japanese, const struct part found[MAX_CONVERSIONS], char *out, size_t out_bytes)
{
    size_t at = 0;
    unsigned next = 0;

    out[0] = '\0';
    while (japanese[0] != '\0') {
        size_t plain = strcspn(japanese, "%");
        append(out, out_bytes, &at, japanese, plain);
        japanese += plain;
        size_t conversion = conversion_bytes(japanese);
        if (conversion > 0) {
            append_found(out, out_bytes, &at, &found[next++]);
            japanese += conversion;
        }
    }
}

const char *
fault_words_japanese(const char *english, char *out, size_t out_bytes)
{
    struct part found[MAX_CONVERSIONS];
    size_t at = 0;

    if (out_bytes == 0)
        return "";
    const char *exact = look_up(wordings, COUNT(wordings), english);
    for (size_t i = 0; exact == NULL && i < COUNT(wordings); i++) {
        if (fits(wordings[i].english, english, found, 0)) {
            fill_in(wordings[i].japanese, found, out, out_bytes);
            return out;
        }
    }
    const char *text = exact != NULL ? exact : english;
    append(out, out_bytes, &at, text, strlen(text));
    return out;
}

const char *
fault_text_japanese(const struct fault *fault, char *out, size_t out_bytes)
{
    struct fault japanese = *fault;
    const char *column = look_up(columns, COUNT(columns), fault->item);
    size_t file_bytes = strlen(fault->file);

    (void)fault_words_japanese(fault->reason, japanese.reason, sizeof(japanese.reason));
    (void)fault_words_japanese(fault->mend, japanese.mend, sizeof(japanese.mend));
    /* the keys of YAML files are English, and stay so */
    if (column && file_bytes > 4 && strcmp(fault->file + file_bytes - 4, ".csv") == 0)
        (void)snprintf(japanese.item, sizeof(japanese.item), "%s", column);
    return fault_text(&japanese, out, out_bytes);
}
