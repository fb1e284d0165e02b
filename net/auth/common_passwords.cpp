#include "net/auth/common_passwords.hpp"

#include "actors/typed/text_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace callboard::net {
namespace {

// In lower case and byte order; shorter ones are refused by their length.
constexpr auto passwords = std::to_array<std::string_view>(
  {"0000000000",     "0123456789",       "0987654321",     "1020304050",
   "10203040506",    "1111111111",       "1122334455",     "112233445566",
   "11223344556677", "1212121212",       "1231231231",     "123123123123",
   "1234512345",     "123456123456",     "1234567890",     "1234567891",
   "12345678910",    "123456789a",       "123456789q",     "1234qwerasdf",
   "1357924680",     "147258369147",     "147258369a",     "159753456852",
   "1q2w3e4r5t",     "1q2w3e4r5t6y",     "1qaz2wsx3edc",   "1qazxsw23edc",
   "2718281828",     "3141592653",       "31415926535",    "741852963a",
   "7894561230",     "789456123a",       "9876543210",     "a123456789",
   "a1234567890",    "a1b2c3d4e5",       "a1b2c3d4e5f6",   "aa12345678",
   "aa123456789",    "aaa1234567",       "abc1234567",     "abc12345678",
   "abc123abc123",   "abcd123456",       "abcd12345678",   "abcdef1234",
   "abcdefg123",     "abcdefgh12",       "abcdefghij",     "abcdefghijk",
   "admin12345",     "admin123456",      "admin1234567",   "admin@1234",
   "admin@12345",    "adminadmin",       "adminadmin1",    "administrator",
   "administrator1", "administrator123", "adminpassword",  "alexander1",
   "alexander123",   "alexandra1",       "anthony123",     "argentina1",
   "arsenal123",     "arsenal1234",      "asd1234567",     "asdf123456",
   "asdfasdfasdf",   "asdfghjkl1",       "asdfghjkl123",   "asdfghjklqwerty",
   "ashley1234",     "asshole123",       "australia1",     "autumn2023",
   "autumn2024",     "autumn2025",       "azerty1234",     "azerty12345",
   "azerty123456",   "azertyuiop",       "azertyuiop123",  "barcelona1",
   "barcelona10",    "barcelona123",     "baseball12",     "baseball123",
   "baseball1234",   "basketball",       "basketball1",    "basketball12",
   "basketball123",  "batman1234",       "batman12345",    "beatles123",
   "beautiful1",     "beautiful12",      "beautiful123",   "bestfriend",
   "bestfriend1",    "bestfriends",      "biteme1234",     "blackberry",
   "blackberry1",    "blueberry1",       "bonjour123",     "bullshit123",
   "butterfly1",     "butterfly12",      "butterfly123",   "california",
   "california1",    "callboard1",       "callboard12",    "callboard123",
   "callboard1234",  "changeit123",      "changeme12",     "changeme123",
   "changeme1234",   "changemenow",      "charlie123",     "charlie1234",
   "cheesecake",     "chelsea123",       "chelsea1234",    "chocolate1",
   "chocolate12",    "chocolate123",     "christmas1",     "christmas25",
   "christopher",    "christopher1",     "computer12",     "computer123",
   "computer1234",   "contrasena1",      "contraseña",     "correcthorsebatterystaple",
   "cristiano7",     "daniel1234",       "december25",     "deutschland",
   "deutschland1",   "doudou1234",       "dragon1234",     "dragon12345",
   "dragonball",     "dragonball1",      "dragonballz",    "elizabeth1",
   "elizabeth2",     "facebook12",       "facebook123",    "facebook1234",
   "family1234",     "february14",       "football12",     "football123",
   "football1234",   "forgetmenot",      "fortnite123",    "friends123",
   "friends4ever",   "friendship",       "fuckoff123",     "fuckyou123",
   "fuckyou1234",    "fuckyoubitch",     "gangsta123",     "godisgood1",
   "godislove1",     "goodmorning",      "goodnight1",     "google1234",
   "google12345",    "hallo12345",       "halloween1",     "halloween31",
   "heartbreaker",   "hello12345",       "hello123456",    "hellohello",
   "hellokitty",     "hellokitty1",      "helloworld",     "helloworld1",
   "helloworld123",  "ilovejesus",       "ilovejesus1",    "iloveyou12",
   "iloveyou123",    "iloveyou1234",     "iloveyou123456", "iloveyou13",
   "iloveyou22",     "iloveyouforever",  "iloveyousomuch", "instagram1",
   "instagram123",   "internet12",       "internet123",    "internet1234",
   "january2024",    "january2025",      "jennifer12",     "jennifer123",
   "jessica123",     "jesuschrist",      "jesuslovesme",   "jonathan123",
   "jordan2323",     "juventus123",      "katherine1",     "killer1234",
   "killer12345",    "letmein123",       "letmein1234",    "letmein12345",
   "letmeinnow",     "letmeinplease",    "linkinpark",     "linkinpark1",
   "liverpool1",     "liverpool123",     "liverpoolfc",    "loveforever",
   "loveisblind",    "lovelovelove",     "loverboy12",     "loveyou123",
   "manchester",     "manchester1",      "manutd1234",     "master1234",
   "master12345",    "metallica1",       "metallica123",   "michael123",
   "michael1234",    "michelle12",       "michelle123",    "microsoft1",
   "microsoft123",   "minecraft1",       "minecraft12",    "minecraft123",
   "monkey1234",     "monkey12345",      "motdepasse",     "motdepasse1",
   "motherfucker",   "motherfucker1",    "motorola123",    "mudar12345",
   "mypassword",     "mypassword1",      "mypassword123",  "ncc1701ncc1701",
   "newpassword",    "newpassword1",     "newpassword123", "newyork123",
   "nirvana123",     "nopassword",       "nothing123",     "november11",
   "opensesame",     "opensesame1",      "p@55w0rd123",    "p@ssw0rd12",
   "p@ssw0rd123",    "p@ssw0rd1234",     "p@ssword12",     "p@ssword123",
   "p@ssword1234",   "pa$$w0rd12",       "pa$$w0rd123",    "pa$$word123",
   "pa55word123",    "passw0rd12",       "passw0rd123",    "passw0rd1234",
   "password!23",    "password-1",       "password00",     "password01!",
   "password11",     "password12",       "password123",    "password123!",
   "password1234",   "password12345",    "password123456", "password2020",
   "password2021",   "password2022",     "password2023",   "password2024",
   "password2025",   "password2026",     "password99",     "password_1",
   "passwordone",    "passwordpassword", "passwort123",    "passwort1234",
   "pineapple1",     "playstation",      "playstation3",   "playstation4",
   "pokemon123",     "pokemon1234",      "princess12",     "princess123",
   "princess1234",   "q123456789",       "q1w2e3r4t5",     "q1w2e3r4t5y6",
   "qazwsxedc123",   "qazwsxedcrfv",     "qwe1234567",     "qweasdzxc1",
   "qweasdzxc123",   "qweqweqwe1",       "qwer123456",     "qwerasdfzxcv",
   "qwert12345",     "qwerty1234",       "qwerty12345",    "qwerty123456",
   "qwertyuiop",     "qwertyuiop1",      "qwertyuiop123",  "realmadrid",
   "realmadrid1",    "rememberme",       "rememberme1",    "rockstar12",
   "rockstar123",    "rockyou123",       "root123456",     "rootpassword",
   "rootroot12",     "samantha12",       "samantha123",    "samsung123",
   "samsung1234",    "secret1234",       "secret12345",    "secretpassword",
   "senha12345",     "september1",       "september11",    "shadow1234",
   "shadow12345",    "slipknot666",      "spiderman1",     "spiderman12",
   "spiderman123",   "spring2023",       "spring2024",     "spring2025",
   "spring2026",     "starwars12",       "starwars123",    "starwars1977",
   "stephanie1",     "strawberry",       "strawberry1",    "summer2020",
   "summer2021",     "summer2022",       "summer2023",     "summer2024",
   "summer2025",     "summer2026",       "sunshine12",     "sunshine123",
   "sunshine1234",   "superadmin",       "superadmin1",    "superman12",
   "superman123",    "superman1234",     "supersecret",    "supersecret1",
   "superuser1",     "taskmanager",      "test123456",     "test1234567",
   "tester1234",     "testing123",       "testing1234",    "testing12345",
   "testpassword",   "testtest12",       "testtest123",    "thepassword",
   "todolist12",     "todolist123",      "topsecret1",     "trustno1trustno1",
   "trustnoone",     "veronica123",      "volleyball",     "volleyball1",
   "w123456789",     "wachtwoord",       "wachtwoord1",    "washington",
   "washington1",    "watermelon",       "welcome123",     "welcome123!",
   "welcome1234",    "welcome12345",     "welcome2020",    "welcome2021",
   "welcome2022",    "welcome2023",      "welcome2024",    "welcome2025",
   "welcome2026",    "welcomehome",      "welkom1234",     "whatever12",
   "whatever123",    "winter2020",       "winter2021",     "winter2022",
   "winter2023",     "winter2024",       "winter2025",     "winter2026",
   "yourpassword",   "z123456789",       "zaq12wsxcde3",   "zaq1zaq1zaq1",
   "zxcvbnm123",     "zxcvbnm1234"});
static_assert(std::is_sorted(passwords.begin(), passwords.end()));

/// The same step from each byte to the next: `aaaaaaaaaa`, `1234567890`, `zyxwvutsrq`.
bool is_sequence(std::string_view text) {
  const auto step_of = [&](std::size_t i) { return text[i] - text[i - 1]; };
  const auto wraps = [&](std::size_t i) { return text[i - 1] == '9' && text[i] == '0'; };
  if (text.size() < 2 || std::abs(step_of(1)) > 1)
    return false;
  for (std::size_t i = 2; i < text.size(); ++i)
    if (step_of(i) != step_of(1) && !wraps(i))
      return false;
  return true;
}

/// A short piece over and over: `abcabcabcabc`.
bool is_repetition(std::string_view text) {
  constexpr std::size_t piece_max = 4;
  for (std::size_t size = 1; size <= piece_max; ++size)
    if (text.size() > size && text.substr(size) == text.substr(0, text.size() - size))
      return true;
  return false;
}

}  // namespace

bool is_common_password(std::string_view password) {
  const auto folded = lower_ascii(password);
  return std::binary_search(passwords.begin(), passwords.end(), folded) || is_sequence(folded) ||
         is_repetition(folded);
}

}  // namespace callboard::net
